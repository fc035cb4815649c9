package io.jenkins.plugins.clickpipe.sync;

import static java.util.Objects.requireNonNull;

import hudson.model.Computer;
import hudson.model.Node;
import hudson.remoting.RequestAbortedException;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.PipeLogins;
import io.jenkins.plugins.clickpipe.process.BackgroundEngine;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import io.jenkins.plugins.clickpipe.process.PipeInput;
import io.jenkins.plugins.clickpipe.process.PipeTurns;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import java.io.IOException;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/** One sync of one pipe in the background, until it has caught up. */
final class SyncCycle {
    private static final Logger LOG = Logger.getLogger(SyncCycle.class.getName());

    private final Pipe pipe;
    private boolean stopped;
    private BackgroundEngine engine;

    SyncCycle(Pipe pipe) {
        this.pipe = requireNonNull(pipe);
    }

    /** Blocks until the engine has ended. */
    SyncOutcome run() {
        try {
            pipe.validate();
            PipeInput input = PipeLogins.ofJenkins().input(pipe);
            if (!PipeTurns.begin(input.place(), this::stop)) {
                return SyncOutcome.of(SyncOutcome.Kind.BUSY, "a build works on it");
            }
            try {
                return run(input);
            } finally {
                PipeTurns.end(input.place());
            }
        } catch (IOException e) {
            return failed(e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, e, () -> "ClickPipe " + pipe.getName() + " could not be synced");
            return failed(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SyncOutcome.of(SyncOutcome.Kind.STOPPED, "");
        }
    }

    private SyncOutcome run(PipeInput input) throws IOException, InterruptedException {
        Optional<Node> node = pipe.syncNode();
        if (node.isEmpty()) {
            return SyncOutcome.of(
                    SyncOutcome.Kind.AWAY, "No node with the label " + pipe.getSyncLabel() + " is connected.");
        }
        try {
            return run(input, node.get());
        } catch (IOException | RequestAbortedException e) {
            if (isConnected(node.get())) {
                throw e;
            }
            LOG.log(Level.FINE, "the connection of the node broke", e);
            return SyncOutcome.of(
                    SyncOutcome.Kind.AWAY, "The node " + node.get().getDisplayName() + " is not connected.");
        }
    }

    private SyncOutcome run(PipeInput input, Node node) throws IOException, InterruptedException {
        if (isStopped()) {
            return SyncOutcome.of(SyncOutcome.Kind.STOPPED, "");
        }
        BackgroundEngine started =
                BackgroundEngine.start(EngineCommand.syncOnce(pipe.getName()), input, node, event -> {});
        boolean stopNow;
        synchronized (this) {
            engine = started;
            stopNow = stopped;
        }
        if (stopNow) {
            started.stop();
        }
        int exitCode = started.join();
        return isStopped()
                ? SyncOutcome.of(SyncOutcome.Kind.STOPPED, "")
                : SyncOutcome.of(exitCode, started.message(), started.status(), started.sync());
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private SyncOutcome failed(String message) {
        return isStopped()
                ? SyncOutcome.of(SyncOutcome.Kind.STOPPED, "")
                : SyncOutcome.of(SyncOutcome.Kind.FAILED, message);
    }

    private static boolean isConnected(Node node) {
        Computer computer = node.toComputer();
        return node == Jenkins.get() || computer != null && computer.isOnline();
    }

    /** How the pipe stands according to its servers; empty when they cannot be asked now. */
    Optional<JsonObject> standing() {
        try {
            PipeInput input = PipeLogins.ofJenkins().input(pipe);
            Optional<Node> node = pipe.syncNode();
            return node.isEmpty()
                    ? Optional.empty()
                    : Optional.of(BackgroundEngine.standing(pipe.getName(), input, node.get()));
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.FINE, e, () -> "How " + pipe.getName() + " stands cannot be told");
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Asks the engine to stop, which cleans up within seconds; returns at once. */
    void stop() {
        BackgroundEngine present;
        synchronized (this) {
            stopped = true;
            present = engine;
        }
        if (present != null) {
            Computer.threadPoolForRemoting.submit(() -> {
                try {
                    present.stop();
                } catch (IOException | InterruptedException e) {
                    LOG.log(Level.WARNING, e, () -> "The sync of " + pipe.getName() + " could not be stopped");
                }
            });
        }
    }
}
