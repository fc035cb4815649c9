package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.postgresql.replication.LogSequenceNumber;

/** Where the WAL ends: what a sync has to reach to hold everything that is committed now. */
public final class WalEnd {
    /**
     * The insert position, not the written one: with {@code synchronous_commit = off} committed transactions lie
     * between the two for up to a second.
     */
    private static final String SQL =
            "SELECT clock_timestamp(), pg_current_wal_insert_lsn(), current_setting('wal_block_size')::bigint";
    /** SizeOfXLogLongPHD (PostgreSQL, src/include/access/xlog_internal.h). */
    private static final int PAGE_HEADER_BYTES = 40;

    private WalEnd() {}

    /**
     * A look at the source.
     *
     * @param time by the source's clock; what was committed before it lies before {@code walEnd}
     */
    public record Look(LogSequenceNumber walEnd, Instant time) {}

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
     * The insert position after a full page lies behind the next page's header, where no record ends: a sync of an
     * idle server would wait for it for ever.
     */
    static LogSequenceNumber withoutPageHeader(LogSequenceNumber insert, long pageBytes) {
        long offset = Long.remainderUnsigned(insert.asLong(), pageBytes);
        return offset <= PAGE_HEADER_BYTES ? LogSequenceNumber.valueOf(insert.asLong() - offset) : insert;
    }
}
