package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import hudson.AbortException;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.XmlFile;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.ItemListener;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/**
 * Which build's engine works on which pipe, kept over a restart of the controller. The engine's own lock in PostgreSQL
 * is what keeps two of them apart; this adds the build's name, and finds engines whose build ended with the controller.
 */
@Extension
public final class RunningEngines {
    private static final Logger LOG = Logger.getLogger(RunningEngines.class.getName());

    private Map<String, RunningEngine> byPlace = new TreeMap<>();

    /** Loads what was saved. */
    public RunningEngines() {
        try {
            if (file().exists()) {
                file().unmarshal(this);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The list of running engines cannot be read; it begins anew", e);
        }
    }

    static RunningEngines get() {
        return ExtensionList.lookupSingleton(RunningEngines.class);
    }

    /**
     * Enters an engine that is about to be started. One that has outlived its build is stopped first; so is the same one,
     * entered by a build that the controller's end kept from saving that it has an engine.
     *
     * @throws AbortException when a build works on the pipe; the message names it
     */
    void enter(String place, RunningEngine engine, TaskListener listener) throws IOException, InterruptedException {
        RunningEngine before;
        synchronized (this) {
            before = byPlace.get(place);
            if (before == null) {
                put(place, engine);
                return;
            }
        }
        if (before.isAwaited() && !before.isSame(engine)) {
            throw new AbortException("ClickPipe " + engine.pipe() + " is being worked on by " + before.build()
                    + ". Only one build works on a pipe at a time: wait for it or stop it, then build again.");
        }
        before.recover(listener);
        leave(place, before);
        enter(place, engine, listener);
    }

    /** Whether a build works on the pipe. */
    synchronized boolean isBuilding(String place) {
        RunningEngine entered = byPlace.get(place);
        return entered != null && entered.isAwaited();
    }

    /** The engine has ended; does nothing when another one was entered since. */
    synchronized void leave(String place, RunningEngine engine) {
        RunningEngine entered = byPlace.get(place);
        if (entered != null && entered.isSame(engine)) {
            byPlace.remove(place);
            save();
        }
    }

    /** Who works on the pipe, for people; empty when no build does. */
    synchronized Optional<String> builder(String place) {
        return Optional.ofNullable(byPlace.get(place))
                .filter(RunningEngine::isAwaited)
                .map(RunningEngine::build);
    }

    /** The build goes on without its engine, which may still work; the next one on the pipe stops it. */
    synchronized void abandon(String place, RunningEngine engine) {
        RunningEngine entered = byPlace.get(place);
        if (entered != null && entered.isSame(engine)) {
            entered.abandon();
            save();
        }
    }

    private void put(String place, RunningEngine engine) {
        byPlace.put(requireNonNull(place), requireNonNull(engine));
        save();
    }

    private synchronized List<RunningEngine> all() {
        return List.copyOf(byPlace.values());
    }

    private synchronized void save() {
        try {
            file().write(this);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The list of running engines cannot be saved", e);
        }
    }

    private static XmlFile file() {
        return new XmlFile(
                Jenkins.XSTREAM2, new File(Jenkins.get().getRootDir(), RunningEngines.class.getName() + ".xml"));
    }

    /** Writes into the log of each build that ended with the controller what became of its engine. */
    @Extension
    public static final class AfterRestart extends ItemListener {
        @Override
        public void onLoaded() {
            RunningEngines engines = get();
            for (RunningEngine engine : engines.all()) {
                engine.toldOnce().ifPresent(run -> tell(run, engine));
            }
            engines.save();
        }

        private static void tell(Run<?, ?> run, RunningEngine engine) {
            String line =
                    "The controller stopped during this build, and the build with it. If the engine still works on"
                            + " ClickPipe " + engine.pipe()
                            + ", the next build on the pipe stops it; what it left is cleaned up"
                            + " then. Build again.\n";
            try (Writer log = Files.newBufferedWriter(
                    run.getLogFile().toPath(),
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND)) {
                log.write(line);
            } catch (IOException e) {
                LOG.log(Level.WARNING, e, () -> engine.build() + ": " + line);
            }
        }
    }
}
