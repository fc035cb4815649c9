package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.InsertBody;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.engine.types.RowBuffer;
import io.jenkins.plugins.clickpipe.engine.types.RowFormat;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Sends a worker's chunks one after the other while the worker fills the next. A chunk stays in memory until the
 * server has accepted it, so it can be sent again with the same deduplication token without reading the source again.
 */
final class ChunkSender {
    private final ClickHouse clickHouse;
    private final Executor executor;
    private final int bufferBytes;
    private CompletableFuture<Void> inFlight = CompletableFuture.completedFuture(null);
    private RowBuffer filling;
    private RowBuffer sending;

    ChunkSender(ClickHouse clickHouse, Executor executor, int bufferBytes) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.executor = Objects.requireNonNull(executor);
        this.bufferBytes = bufferBytes;
        this.filling = new RowBuffer(1 << 16, bufferBytes);
        this.sending = new RowBuffer(1 << 16, bufferBytes);
    }

    /** Where a chunk goes. */
    record Destination(String quotedTable, String columns, RowFormat format, Consumer<TargetException> onRetry) {}

    /** What the worker appends rows to; another one after each {@link #send}. */
    RowBuffer filling() {
        return filling;
    }

    /**
     * Waits until the chunk before is accepted and begins to send the first bytes of {@link #filling}. What comes after
     * them begins the next chunk.
     */
    void send(Destination destination, String token, int length, Runnable onAccepted) {
        await();
        RowBuffer rows = filling;
        filling = sending;
        filling.release(bufferBytes);
        filling.append(rows.bytes(), length, rows.length());
        rows.truncate(length);
        sending = rows;
        inFlight = CompletableFuture.runAsync(
                () -> {
                    clickHouse.insertWithRetries(
                            destination.quotedTable(),
                            destination.columns(),
                            destination.format(),
                            rows::writeTo,
                            token,
                            destination.onRetry());
                    onAccepted.run();
                },
                executor);
    }

    /** Sends rows that can be written only once; waits until they are accepted. */
    void sendOnce(Destination destination, String token, InsertBody rows) {
        await();
        clickHouse.insert(destination.quotedTable(), destination.columns(), destination.format(), rows, token);
    }

    /** Runs something when everything sent is accepted, without waiting for that. */
    void whenAccepted(Runnable action) {
        inFlight = inFlight.thenRun(action);
    }

    /** Waits until everything sent is accepted. */
    void await() {
        try {
            inFlight.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException fault ? fault : e;
        }
    }
}
