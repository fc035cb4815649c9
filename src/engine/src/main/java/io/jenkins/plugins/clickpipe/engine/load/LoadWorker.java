package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.load.ChunkSender.Chunk;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.ExportedSnapshot;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.types.RowBuffer;
import io.jenkins.plugins.clickpipe.engine.types.RowEncoder;
import io.jenkins.plugins.clickpipe.engine.types.UnrepresentableValueException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads partitions from the queue until it is empty. A partition's rows are read by COPY under the shared snapshot,
 * cut into chunks at row ends, and each chunk is inserted with a token made of run, table, partition and chunk.
 *
 * <p>Exactly once: the snapshot, the order of the scan and the cuts are fixed, so a partition that is read again after
 * a broken connection gives the same chunks; chunks that were handed over already are skipped, and a chunk whose
 * insert had an unknown outcome is sent again under its token.
 */
final class LoadWorker implements Callable<Void> {
    private static final Logger LOG = LoggerFactory.getLogger(LoadWorker.class);
    /** A compromise: larger chunks make fewer parts to merge, two of them a worker are held in memory. */
    private static final int CHUNK_BYTES = 16 << 20;

    private static final int ATTEMPTS = 8;

    private final InitialLoad load;
    private final ExportedSnapshot snapshot;
    private final ChunkSender sender;
    private Connection session;
    private RowBuffer buffer = new RowBuffer(1 << 20);

    LoadWorker(InitialLoad load, ExportedSnapshot snapshot, ChunkSender sender) {
        this.load = Objects.requireNonNull(load);
        this.snapshot = Objects.requireNonNull(snapshot);
        this.sender = Objects.requireNonNull(sender);
    }

    @Override
    public Void call() throws InterruptedException {
        try {
            for (Optional<Partition> next = load.queue().take();
                    next.isPresent();
                    next = load.queue().take()) {
                load(next.get());
            }
            sender.await();
            return null;
        } finally {
            releaseSession();
        }
    }

    private void load(Partition partition) throws InterruptedException {
        TableLoad table = load.tables().get(partition.table());
        table.progress().begin(load.now());
        PartitionState state = new PartitionState(table, partition);
        for (int attempt = 1; ; attempt++) {
            try {
                state.rewind();
                copy(state);
                return;
            } catch (SourceException e) {
                releaseSession();
                if (!e.isTransient() || attempt == ATTEMPTS) {
                    throw e;
                }
                snapshot.lost().ifPresent(reason -> {
                    throw new EngineException(reason + " Run the resync again.", e);
                });
                table.progress().retried();
                LOG.warn(
                        "reading partition {} of {} again: {}",
                        partition.index(),
                        table.mapping().target(),
                        e.getMessage());
                TimeUnit.MILLISECONDS.sleep(Math.min(10_000, 250L << attempt));
            }
        }
    }

    private void copy(PartitionState state) {
        RowEncoder encoder = load.encoder(state.table);
        String sql = copySql(state.table.mapping(), state.partition);
        load.hear(sql);
        buffer.clear();
        long chunkRows = 0;
        long chunkSourceBytes = 0;
        try {
            if (session == null) {
                session = snapshot.open();
            }
            CopyOut copy = session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
            for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new CancellationException();
                }
                encode(encoder, state, row);
                chunkRows++;
                chunkSourceBytes += row.length;
                if (buffer.length() >= CHUNK_BYTES) {
                    handOver(state, chunkRows, chunkSourceBytes, false);
                    chunkRows = 0;
                    chunkSourceBytes = 0;
                }
            }
        } catch (SQLException e) {
            throw SourceException.of("copying " + state.partition.relation().quoted(), e);
        }
        handOver(state, chunkRows, chunkSourceBytes, true);
        encoder.flushAlterations(state.table.progress()::altered);
    }

    private void encode(RowEncoder encoder, PartitionState state, byte[] row) {
        try {
            encoder.encodeCopyRow(row, 0, row.length, buffer);
        } catch (UnrepresentableValueException e) {
            throw new EngineException(
                    "Table " + state.table.mapping().source().qualifiedName() + ", row "
                            + abbreviated(new String(row, StandardCharsets.UTF_8).strip()) + ": " + e.getMessage()
                            + " strictTypes is on, so the load stopped; correct the row, exclude the column, or set"
                            + " strictTypes: false.",
                    e);
        }
    }

    private void handOver(PartitionState state, long rows, long sourceBytes, boolean last) {
        int chunk = state.nextChunk++;
        TableLoad table = state.table;
        Runnable accepted = () -> {
            table.progress().accepted(rows, sourceBytes);
            if (last) {
                load.partitionDone(table, state.partition);
            }
        };
        if (chunk < state.handedOver) {
            buffer.clear();
            return;
        }
        if (rows == 0) {
            sender.await();
            accepted.run();
        } else {
            buffer = sender.send(new Chunk(
                    TargetSql.quote(load.database(), table.mapping().resyncTarget()),
                    table.mapping().definition().quotedColumns(),
                    load.run() + "/" + table.mapping().target() + "/" + state.partition.index() + "/" + chunk,
                    buffer,
                    table.progress()::retried,
                    accepted));
        }
        state.handedOver = chunk + 1;
    }

    private static String copySql(TableMapping mapping, Partition partition) {
        return "COPY (SELECT " + SourceSql.quoteAll(mapping.columnNames()) + " FROM ONLY "
                + partition.relation().quoted() + " WHERE " + partition.condition() + partition.order()
                + ") TO STDOUT";
    }

    private static String abbreviated(String row) {
        return row.length() > 200 ? row.substring(0, 200) + "..." : row;
    }

    private void releaseSession() {
        if (session != null) {
            snapshot.release(session);
            session = null;
        }
    }

    /** How far a partition has come, over its attempts. */
    private static final class PartitionState {
        private final TableLoad table;
        private final Partition partition;
        private int nextChunk;
        private int handedOver;

        PartitionState(TableLoad table, Partition partition) {
            this.table = table;
            this.partition = partition;
        }

        void rewind() {
            nextChunk = 0;
        }
    }
}
