package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.load.RowChunks.LongRowLostException;
import io.jenkins.plugins.clickpipe.engine.source.ExportedSnapshot;
import io.jenkins.plugins.clickpipe.engine.source.ProvenReading;
import io.jenkins.plugins.clickpipe.engine.source.RelationMovedException;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import io.jenkins.plugins.clickpipe.engine.types.RowFormat;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads stretches from the queue until it is empty. A stretch's rows are read by COPY under the shared snapshot, while
 * the chunk before is inserted. Each COPY is a {@link ProvenReading}; what is left of a table that fails the proof is
 * passed over.
 *
 * <p>Exactly once: the snapshot and the order of the scan are fixed, so a stretch that is read again after a fault gives
 * the same rows in the same order, and those that were handed over already are left out. A chunk whose insert had an
 * unknown outcome is sent again under its token.
 */
final class LoadWorker implements Callable<Void> {
    private static final Logger LOG = LoggerFactory.getLogger(LoadWorker.class);
    private static final int ATTEMPTS = 10;
    /** Half an hour, for a ClickHouse that has to recover. */
    private static final int ATTEMPTS_WHILE_BUSY = 130;

    private static final long LONGEST_PAUSE_MILLIS = 15_000;

    private final InitialLoad load;
    private final ExportedSnapshot snapshot;
    private final ChunkSender sender;
    private final RowChunks chunks;
    private Connection session;

    LoadWorker(InitialLoad load, ExportedSnapshot snapshot, ChunkSender sender, RowChunks chunks) {
        this.load = Objects.requireNonNull(load);
        this.snapshot = Objects.requireNonNull(snapshot);
        this.sender = Objects.requireNonNull(sender);
        this.chunks = Objects.requireNonNull(chunks);
    }

    @Override
    public Void call() throws InterruptedException {
        try {
            OptionalInt table = OptionalInt.empty();
            for (Optional<Stretch> next = load.queue().take(table);
                    next.isPresent();
                    next = load.queue().take(table)) {
                table = OptionalInt.of(next.get().table());
                load(next.get());
            }
            releaseSession();
            chunks.flush();
            sender.await();
            return null;
        } finally {
            releaseSession();
        }
    }

    private void load(Stretch stretch) throws InterruptedException {
        TableLoad table = load.tables().get(stretch.table());
        table.progress().begin(load.now());
        Reading reading = new Reading(table, stretch);
        for (int attempt = 1; ; attempt++) {
            try {
                if (table.isSettled()) {
                    copy(reading);
                }
                return;
            } catch (RelationMovedException e) {
                table.progress().moved(e.how());
                return;
            } catch (SourceException e) {
                releaseSession();
                if (!e.isTransient() && isExplainedByAChange(table)) {
                    return;
                }
                if (!e.isTransient() || attempt >= ATTEMPTS) {
                    throw e;
                }
                retry(reading, attempt, e.getMessage());
            } catch (LongRowLostException e) {
                releaseSession();
                int attempts = e.fault().isBusy() ? ATTEMPTS_WHILE_BUSY : ATTEMPTS;
                if (!e.fault().isTransient() || attempt >= attempts) {
                    throw e.fault();
                }
                retry(reading, attempt, e.getMessage());
            }
        }
    }

    /** A column that is not there any more, or has become another one. */
    private boolean isExplainedByAChange(TableLoad table) {
        if (Thread.currentThread().isInterrupted()) {
            return false;
        }
        snapshot.changeOf(table.before()).ifPresent(table.progress()::moved);
        return !table.isSettled();
    }

    private static void retry(Reading reading, int attempt, String reason) throws InterruptedException {
        TableLoad table = reading.table();
        table.progress().retried();
        LOG.warn(
                "reading {} of {} again: {}",
                reading.stretch().label(),
                table.mapping().target(),
                reason);
        TimeUnit.MILLISECONDS.sleep(Math.min(LONGEST_PAUSE_MILLIS, 250L << Math.min(attempt, 10)));
    }

    private void copy(Reading reading) {
        Stretch stretch = reading.stretch();
        String sql = copySql(reading.table(), stretch);
        String relation = stretch.relation().quoted();
        if (session == null) {
            session = snapshot.open();
        }
        ProvenReading proven = ProvenReading.of(session, reading.table().before(stretch.relation()), load::hear);
        load.hear(sql);
        CopyRows rows;
        try {
            rows = new CopyRows(
                    session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql), load.throttle(), relation);
        } catch (SQLException e) {
            throw SourceException.of("copying " + relation, e);
        }
        chunks.take(reading, rows);
        letGo(proven);
    }

    /** The rows are taken: reading them again because of what comes afterwards would double them. */
    private void letGo(ProvenReading proven) {
        try {
            proven.end();
        } catch (SourceException e) {
            releaseSession();
        }
    }

    private String copySql(TableLoad table, Stretch stretch) {
        RowFormat format = load.format(table);
        String columns = table.mapping().columnMappings().stream()
                .map(column -> format.expression(column, SourceSql.quote(column.name())))
                .collect(Collectors.joining(", "));
        return "COPY (SELECT " + columns + " FROM ONLY " + stretch.relation().quoted()
                + stretch.range().clauses() + ") TO STDOUT" + format.copyOptions();
    }

    private void releaseSession() {
        if (session != null) {
            snapshot.release(session);
            session = null;
        }
    }
}
