package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import hudson.FilePath;
import hudson.model.AbstractBuild;
import hudson.model.Computer;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.remoting.VirtualChannel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import jenkins.model.Jenkins;

/** Where an engine runs and for which build: what is needed to find both again. */
final class RunningEngine {
    /** The engine allows itself 45 seconds to clean up. */
    private static final Duration PATIENCE = Duration.ofSeconds(55);

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final String pipe;
    private final String build;
    private final String runId;
    private final String node;
    private final String directory;
    private boolean told;
    private boolean abandoned;

    RunningEngine(String pipe, Run<?, ?> run, String node, String directory) {
        this.pipe = requireNonNull(pipe);
        this.build = run.getFullDisplayName();
        this.runId = run.getExternalizableId();
        this.node = requireNonNull(node);
        this.directory = requireNonNull(directory);
    }

    String pipe() {
        return pipe;
    }

    /** The build's name for people. */
    String build() {
        return build;
    }

    /** The build, or empty when it is gone. */
    Optional<Run<?, ?>> run() {
        return Optional.ofNullable(Run.fromExternalizableId(runId));
    }

    /** Its build that ended with the controller, once, and only one that finds its engine no more. */
    Optional<AbstractBuild<?, ?>> toldOnce() {
        Run<?, ?> run = Run.fromExternalizableId(runId);
        boolean first = !told && run instanceof AbstractBuild && !run.isBuilding();
        told |= first;
        return first ? Optional.of((AbstractBuild<?, ?>) run) : Optional.empty();
    }

    /** Its build goes on without it. */
    void abandon() {
        abandoned = true;
    }

    /** Whether its build waits for it. */
    boolean isAwaited() {
        return !abandoned && run().map(Run::isBuilding).orElse(false);
    }

    boolean isSame(RunningEngine other) {
        return directory.equals(other.directory) && node.equals(other.node);
    }

    /** Ends the engine if it has outlived its build, and deletes what it left on its node. */
    void recover(TaskListener listener) throws IOException, InterruptedException {
        VirtualChannel channel = Optional.ofNullable(Jenkins.get().getComputer(node))
                .map(Computer::getChannel)
                .orElse(null);
        if (channel == null) {
            listener.getLogger()
                    .println("The engine of " + build + " may still run on " + node + ", which is not connected");
            return;
        }
        FilePath left = new FilePath(channel, directory);
        if (left.act(new StopEngine(StopEngine.Force.ASK))) {
            listener.getLogger().println("The engine of " + build + ", which ended without it, is stopped first");
            Instant until = Instant.now().plus(PATIENCE);
            while (left.act(new StopEngine(StopEngine.Force.NONE))) {
                if (Instant.now().isAfter(until)) {
                    left.act(new StopEngine(StopEngine.Force.END));
                }
                Thread.sleep(PAUSE.toMillis());
            }
        }
        left.deleteRecursive();
    }
}
