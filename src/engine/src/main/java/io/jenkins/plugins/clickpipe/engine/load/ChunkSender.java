package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.types.RowBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Sends a worker's chunks one after the other while the worker fills the next. A chunk stays in memory until the
 * server has accepted it, so it can be sent again with the same deduplication token without reading the source again.
 */
final class ChunkSender {
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
        clickHouse.insertWithRetries(
                chunk.quotedTable(), chunk.columns(), chunk.rows()::writeTo, chunk.token(), chunk.onRetry());
        chunk.onAccepted().run();
    }
}
