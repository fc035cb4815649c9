package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.Computer;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.slaves.WorkspaceList;
import io.jenkins.plugins.clickpipe.status.PipeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.durabletask.Controller;
import org.jenkinsci.plugins.durabletask.DurableTask;

/**
 * The engine's own process on a node. It goes on when the controller restarts or the agent's connection breaks; this
 * handle is kept with the build, knows how far log and events were read, and finds the process again.
 *
 * <p>Not thread-safe: one thread at a time polls or stops.
 */
public final class EngineProcess implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(EngineProcess.class.getName());

    private final EngineCommand command;
    private final String node;
    private final String workspace;
    private final String directory;
    private final String place;
    /** Where the node keeps the archive of the engine's classes; null for a process of an earlier version. */
    private final String classes;

    private final Controller controller;
    private final RunEvents events;
    private final ConsoleLines lines = new ConsoleLines();
    private long eventsRead;
    private boolean told;

    private EngineProcess(
            EngineCommand command,
            RunEvents events,
            String node,
            String workspace,
            String directory,
            String place,
            String classes,
            Controller controller) {
        this.command = requireNonNull(command);
        this.events = requireNonNull(events);
        this.node = requireNonNull(node);
        this.workspace = requireNonNull(workspace);
        this.directory = requireNonNull(directory);
        this.place = requireNonNull(place);
        this.classes = requireNonNull(classes);
        this.controller = requireNonNull(controller);
    }

    /**
     * Starts a process on the workspace's node that waits to become the engine until {@link #release}.
     *
     * @param attempt names the run's directory; the same one takes the place of one that was never released
     * @throws AbortException when another build works on the pipe; the message names it
     */
    public static EngineProcess start(
            EngineCommand command,
            PipeSource source,
            String attempt,
            Run<?, ?> run,
            FilePath workspace,
            TaskListener listener)
            throws IOException, InterruptedException {
        PipeInput pipe = source.input(run);
        Computer computer = workspace.toComputer();
        Node node = computer == null ? null : computer.getNode();
        FilePath root = node == null ? null : node.getRootPath();
        if (root == null) {
            throw new AbortException("The agent of " + workspace.getRemote() + " is gone");
        }
        workspace.mkdirs();
        FilePath temporary = WorkspaceList.tempDir(workspace);
        if (temporary == null) {
            throw new AbortException("The workspace " + workspace.getRemote() + " has no place for temporary files");
        }
        FilePath directory = temporary.child("clickpipe-" + attempt);
        RunningEngine entry = new RunningEngine(command.pipe(), run, computer.getName(), directory.getRemote());
        RunEvents events = RunEvents.begin(command, source, run, computer.getName(), attempt);
        try {
            if (command.isExclusive()) {
                RunningEngines.get().enter(pipe.place(), entry, listener);
                PipeTurns.takeFromBackground(pipe.place(), listener);
            }
            NodeEngine engine = NodeEngine.on(root);
            directory.act(new HandOver(pipe.file()));
            List<String> line = command.isLoad()
                    ? engine.command(
                            pipe.memory(), directory.child(EngineScript.CLASSES).getRemote())
                    : engine.command(pipe.memory());
            EngineScript script = new EngineScript(directory.getRemote(), line, command.arguments());
            Launcher launcher = workspace.createLauncher(listener);
            DurableTask task = launcher.isUnix() ? script.forUnix() : script.forWindows();
            Controller controller = task.launch(new EnvVars(), workspace, launcher, listener);
            return new EngineProcess(
                    command,
                    events,
                    computer.getName(),
                    workspace.getRemote(),
                    directory.getRemote(),
                    pipe.place(),
                    engine.classes(),
                    controller);
        } catch (IOException | InterruptedException | RuntimeException e) {
            events.ended(Optional.of("The engine was not started. " + e.getMessage()));
            directory.deleteRecursive();
            RunningEngines.get().leave(pipe.place(), entry);
            throw e;
        }
    }

    /**
     * Lets the engine begin; may be repeated. Its build knows it from now on: one that was not released ends by itself
     * within a minute and a half, so that no engine works of which nobody knows.
     */
    public void release(FilePath connected) throws IOException, InterruptedException {
        if (in(connected).exists()) {
            in(connected).child(EngineScript.GO).touch(System.currentTimeMillis());
        }
    }

    /** What was asked for. */
    public EngineCommand command() {
        return command;
    }

    /** What the events have told so far. */
    public EngineState state() {
        return events.state();
    }

    /** The process has ended; {@code failure} says why it did not succeed. */
    void ended(Optional<String> failure) {
        told = true;
        events.ended(failure);
    }

    /** The name of the node; empty for the built-in one. */
    public String node() {
        return node;
    }

    /** The workspace, or empty while the node is not connected. */
    public Optional<FilePath> workspace() {
        Computer computer = Jenkins.get().getComputer(node);
        return Optional.ofNullable(computer).map(Computer::getChannel).map(channel -> new FilePath(channel, workspace));
    }

    /**
     * Copies what is new of the engine's log, takes in new events, and tells the exit code once the process has ended
     * and everything is read.
     */
    public Optional<Integer> poll(FilePath connected, TaskListener listener) throws IOException, InterruptedException {
        Integer exitCode = controller.exitStatus(connected, connected.createLauncher(TaskListener.NULL), listener);
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        controller.writeLog(connected, log);
        lines.print(log.toByteArray(), exitCode != null, listener);
        readEvents(connected, listener);
        return Optional.ofNullable(exitCode);
    }

    private void readEvents(FilePath connected, TaskListener listener) throws IOException, InterruptedException {
        FilePath file = in(connected).child(EngineScript.EVENTS);
        byte[] read = file.act(new FileTail(eventsRead));
        while (read.length > 0) {
            events.accept(FileTail.text(read), listener);
            eventsRead += read.length;
            read = file.act(new FileTail(eventsRead));
        }
    }

    /** Asks the process to stop, as a signal does; it cleans up on both servers within seconds. */
    public void terminate(FilePath connected, TaskListener listener) throws IOException, InterruptedException {
        controller.stop(connected, connected.createLauncher(listener));
    }

    /** Ends the process at once. What it leaves on the servers is cleaned up by the next resync. */
    public void kill(FilePath connected) throws IOException, InterruptedException {
        in(connected).act(new StopEngine(StopEngine.Force.END));
    }

    /** What the engine wrote to standard output, at most a megabyte. */
    String output(FilePath connected) throws IOException, InterruptedException {
        return FileTail.text(in(connected).child(EngineScript.OUTPUT).act(new FileTail(0)));
    }

    /** The process has ended well, so what it may have left of its classes serves the next ones on the node. */
    void keepClasses(FilePath connected) throws InterruptedException {
        if (classes == null) {
            return;
        }
        try {
            NodeEngine.keepClasses(
                    in(connected).child(EngineScript.CLASSES), new FilePath(connected.getChannel(), classes));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The engine's classes are not kept, so each start takes longer", e);
        }
    }

    FilePath artifacts(FilePath connected) {
        return in(connected).child(EngineScript.ARTIFACTS);
    }

    /**
     * The build goes on, or ends, without the process, which may still work or have left something on its node.
     *
     * @param why a sentence
     */
    public void abandon(Run<?, ?> run, String why) {
        if (!told) {
            ended(Optional.of(why));
        }
        RunningEngines.get().abandon(place, new RunningEngine(command.pipe(), run, node, directory));
    }

    /** Whether the process has ended because nobody released it in time: nothing was done. */
    public boolean isNeverBegun(int exitCode) {
        return exitCode == EngineScript.NEVER_BEGUN;
    }

    /** Which pipe it is. */
    PipeId pipe() {
        return events.pipe();
    }

    /** Deletes what the run left on the node; the pipe is free for another build. */
    public void cleanUp(Run<?, ?> run, FilePath connected) throws IOException, InterruptedException {
        RunningEngines.get().leave(place, new RunningEngine(command.pipe(), run, node, directory));
        in(connected).deleteRecursive();
        controller.cleanup(connected);
    }

    private FilePath in(FilePath connected) {
        return new FilePath(connected.getChannel(), directory);
    }
}
