package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Keeps a stream alive while its reader waits for the destination. */
final class Heartbeat implements AutoCloseable {
    private static final int SECONDS = 5;

    private final ReplicationStream stream;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "replication-heartbeat");
        thread.setDaemon(true);
        return thread;
    });

    private volatile Future<?> beats = CompletableFuture.completedFuture(null);

    Heartbeat(ReplicationStream stream) {
        this.stream = requireNonNull(stream);
    }

    void start() {
        beats = timer.scheduleWithFixedDelay(this::beat, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    private void beat() {
        try {
            stream.heartbeat();
        } catch (EngineException e) {
            // The reader meets the same fault with its next read and reports it.
            beats.cancel(false);
        }
    }

    @Override
    public void close() {
        beats.cancel(false);
        timer.shutdownNow();
    }
}
