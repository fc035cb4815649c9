package io.jenkins.plugins.clickpipe.engine.load;

import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.engine.types.RowBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a worker's chunks one after the other while the worker fills the next. A chunk stays in memory until the
 * server has accepted it, so it can be sent again with the same deduplication token without reading the source again.
 */
final class ChunkSender {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkSender.class);

    private final ClickHouse clickHouse;
    private final Executor executor;
    private CompletableFuture<Void> inFlight = CompletableFuture.completedFuture(null);
    private RowBuffer spare = new RowBuffer(1 << 20);

    ChunkSender(ClickHouse clickHouse, Executor executor) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.executor = Objects.requireNonNull(executor);
    }

    /** Rows of one insert. */
    record Chunk(
            String quotedTable, String columns, String token, RowBuffer rows, Runnable onRetry, Runnable onAccepted) {}

    /**
     * Waits until the chunk before this one is accepted, begins to send this one and returns an empty buffer for the
     * next.
     */
    RowBuffer send(Chunk chunk) {
        await();
        RowBuffer next = spare;
        next.clear();
        spare = chunk.rows();
        inFlight = CompletableFuture.runAsync(() -> insert(chunk), executor);
        return next;
    }

    /** Waits until everything sent is accepted. */
    void await() {
        try {
            inFlight.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException fault ? fault : e;
        }
    }

    private void insert(Chunk chunk) {
        RetryPolicy<Object> retries = RetryPolicy.builder()
                .handleIf(fault -> fault instanceof TargetException t
                        && t.isTransient()
                        && !Thread.currentThread().isInterrupted())
                .withBackoff(Duration.ofMillis(250), Duration.ofSeconds(15))
                .withJitter(0.2)
                .withMaxRetries(14)
                .onRetry(event -> {
                    chunk.onRetry().run();
                    LOG.warn(
                            "sending a chunk again: {}",
                            event.getLastException().getMessage());
                })
                .build();
        Failsafe.with(retries)
                .run(() ->
                        clickHouse.insert(chunk.quotedTable(), chunk.columns(), chunk.rows()::writeTo, chunk.token()));
        chunk.onAccepted().run();
    }
}
