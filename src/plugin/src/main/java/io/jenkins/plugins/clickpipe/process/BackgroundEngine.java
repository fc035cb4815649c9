package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import hudson.AbortException;
import hudson.FilePath;
import hudson.Proc;
import hudson.model.Node;
import hudson.model.TaskListener;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The engine's process on a node for a command that no build has asked for. It leaves no file: the pipe file goes in by
 * standard input, events come out by standard output, and of its log the last lines are kept. Unlike an {@link
 * EngineProcess} it is not found again after a restart of the controller, so its command must be one that ends by
 * itself and may be repeated.
 */
public final class BackgroundEngine {
    private final Proc process;
    private final LastLines log;
    private final EventLines events;

    private BackgroundEngine(Proc process, LastLines log, EventLines events) {
        this.process = requireNonNull(process);
        this.log = log;
        this.events = events;
    }

    /**
     * Starts the engine.
     *
     * @param reader is given each event, one at a time
     * @throws AbortException when the node is not connected
     */
    public static BackgroundEngine start(EngineCommand command, PipeInput pipe, Node node, Consumer<JsonObject> reader)
            throws IOException, InterruptedException {
        LastLines log = new LastLines();
        EventLines events = new EventLines(reader);
        Proc process = launch(command, List.of("--events", "-", "-"), pipe, node, events, log);
        return new BackgroundEngine(process, log, events);
    }

    /**
     * How the pipe stands according to its servers, as {@code status --json} tells it.
     *
     * @throws AbortException when the engine cannot tell; the message says why
     */
    public static JsonObject standing(String name, PipeInput pipe, Node node) throws IOException, InterruptedException {
        LastLines log = new LastLines();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int exitCode = launch(EngineCommand.status(name), List.of("-"), pipe, node, output, log)
                .join();
        log.close();
        if (exitCode != 0) {
            throw new AbortException(log.text());
        }
        return JsonObject.parse(output.toString(StandardCharsets.UTF_8));
    }

    private static Proc launch(
            EngineCommand command,
            List<String> options,
            PipeInput pipe,
            Node node,
            OutputStream output,
            OutputStream log)
            throws IOException, InterruptedException {
        FilePath root = node.getRootPath();
        if (root == null) {
            throw new AbortException("The node " + node.getDisplayName() + " is not connected");
        }
        List<String> line = new ArrayList<>(NodeEngine.on(root).command(pipe.memory()));
        line.addAll(command.arguments());
        line.addAll(options);
        return node.createLauncher(TaskListener.NULL)
                .launch()
                .cmds(line)
                .quiet(true)
                .pwd(root)
                .stdin(new ByteArrayInputStream(pipe.file().getBytes(StandardCharsets.UTF_8)))
                .stdout(output)
                .stderr(log)
                .start();
    }

    /** Waits for the end; the process is stopped when the waiting thread is interrupted. */
    public int join() throws IOException, InterruptedException {
        int exitCode = process.join();
        events.close();
        log.close();
        return exitCode;
    }

    /** Asks the process to stop, as a signal does; returns at once or when it has ended. */
    public void stop() throws IOException, InterruptedException {
        process.kill();
    }

    /** The sentence that ended the run, or the last lines of the log when there was none. */
    public String message() {
        return events.message().isEmpty() ? log.text() : events.message();
    }

    /** The pipe's status at the end of the run; empty when that was not told. */
    public String status() {
        return events.status();
    }

    /** The last {@code sync} event; without fields when there was none. */
    public JsonObject sync() {
        return events.sync();
    }
}
