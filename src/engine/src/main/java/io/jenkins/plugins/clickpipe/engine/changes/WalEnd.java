package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.TimeUnit;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the WAL ends: what a sync has to reach to hold everything that is committed now. */
public final class WalEnd {
    private static final Logger LOG = LoggerFactory.getLogger(WalEnd.class);

    /**
     * The insert position, not the written one: with {@code synchronous_commit = off} committed transactions lie
     * between the two for up to a second.
     */
    private static final String SQL =
            "SELECT clock_timestamp(), pg_current_wal_insert_lsn(), current_setting('wal_block_size')::bigint";

    private static final String FLUSHED = "SELECT pg_current_wal_flush_lsn()";
    private static final Duration FLUSH_PATIENCE = Duration.ofMillis(500);
    private static final Duration FLUSH_POLL = Duration.ofMillis(20);
    /** No more than a commit of its own, which no sync is sent. */
    private static final String FLUSH = "SELECT pg_logical_emit_message(true, 'clickpipe-resync', ''::text)";

    /** SizeOfXLogLongPHD (PostgreSQL, src/include/access/xlog_internal.h). */
    private static final int PAGE_HEADER_BYTES = 40;

    private WalEnd() {}

    /**
     * A look at the source.
     *
     * @param time by the source's clock; what was committed before it lies before {@code walEnd}
     */
    public record Look(LogSequenceNumber walEnd, Instant time) {}

    /** Where the next record begins at the earliest. */
    public static LogSequenceNumber insertPosition(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_wal_insert_lsn()")) {
            row.next();
            return LogSequenceNumber.valueOf(row.getString(1));
        } catch (SQLException e) {
            throw SourceException.of("reading the WAL position", e);
        }
    }

    /** The position behind the last record now. */
    public static LogSequenceNumber now(Connection connection) {
        return look(connection).walEnd();
    }

    /** The same with the source's time. */
    public static Look look(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SQL)) {
            row.next();
            return new Look(
                    withoutPageHeader(LogSequenceNumber.valueOf(row.getString(2)), row.getLong(3)),
                    row.getObject(1, OffsetDateTime.class).toInstant());
        } catch (SQLException e) {
            throw SourceException.of("reading the WAL position", e);
        }
    }

    /**
     * A look at the source that waits until it can be reached: PostgreSQL sends WAL that is flushed. On a server that
     * is idle but for an open transaction that may take the 15 s after which the background writer logs its snapshot
     * (LOG_SNAPSHOT_INTERVAL_MS, src/backend/postmaster/bgwriter.c), so after half a second a commit of ours flushes it.
     */
    public static Look reachable(Connection connection) {
        Look end = look(connection);
        try (Statement statement = connection.createStatement()) {
            long patience = System.nanoTime() + FLUSH_PATIENCE.toNanos();
            while (isBeforeEnd(statement, end)) {
                if (System.nanoTime() - patience >= 0) {
                    flush(statement);
                    return end;
                }
                TimeUnit.NANOSECONDS.sleep(FLUSH_POLL.toNanos());
            }
        } catch (SQLException e) {
            throw SourceException.of("reading the WAL position", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return end;
    }

    private static boolean isBeforeEnd(Statement statement, Look end) throws SQLException {
        try (ResultSet row = statement.executeQuery(FLUSHED)) {
            row.next();
            return LogSequenceNumber.valueOf(row.getString(1)).compareTo(end.walEnd()) < 0;
        }
    }

    private static void flush(Statement statement) throws SQLException {
        try {
            statement.execute(FLUSH);
        } catch (SQLException e) {
            if (SourceException.of("flushing the WAL", e).isTransient()) {
                throw e;
            }
            // A role that may not write has the server's own pace.
            LOG.debug("the WAL is not flushed: {}", e.getMessage());
        }
    }

    /**
     * The insert position after a full page lies behind the next page's header, where no record ends: a sync of an
     * idle server would wait for it for ever.
     */
    static LogSequenceNumber withoutPageHeader(LogSequenceNumber insert, long pageBytes) {
        long offset = Long.remainderUnsigned(insert.asLong(), pageBytes);
        return offset <= PAGE_HEADER_BYTES ? LogSequenceNumber.valueOf(insert.asLong() - offset) : insert;
    }
}
