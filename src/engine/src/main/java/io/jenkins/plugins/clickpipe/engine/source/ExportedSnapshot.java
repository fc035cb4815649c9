package io.jenkins.plugins.clickpipe.engine.source;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * One view of the source database that many sessions share. It lives as long as the session that exported it stays
 * open and idle (PostgreSQL documentation, 9.28.5 Snapshot Synchronization Functions).
 */
public final class ExportedSnapshot implements AutoCloseable {
    private final SourceDatabase database;
    private final Connection exporter;
    private final String name;
    private final LogSequenceNumber consistentPoint;

    ExportedSnapshot(SourceDatabase database, Connection exporter, String name, LogSequenceNumber consistentPoint) {
        this.database = Objects.requireNonNull(database);
        this.exporter = Objects.requireNonNull(exporter);
        this.name = Objects.requireNonNull(name);
        this.consistentPoint = Objects.requireNonNull(consistentPoint);
    }

    /** A snapshot without a slot, for pipes that load once and replicate no changes. */
    public static ExportedSnapshot withoutSlot(SourceDatabase database) {
        Connection exporter = database.connect();
        try (Statement statement = exporter.createStatement()) {
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            SourceCatalog catalog = new SourceCatalog(exporter);
            String name = catalog.value("SELECT pg_export_snapshot()");
            return new ExportedSnapshot(
                    database, exporter, name, LogSequenceNumber.valueOf(catalog.value(SourceSql.CURRENT_WAL)));
        } catch (SQLException e) {
            database.release(exporter);
            throw SourceException.of("exporting a snapshot", e);
        }
    }

    public LogSequenceNumber consistentPoint() {
        return consistentPoint;
    }

    /**
     * A new session whose transaction sees exactly this snapshot, with COPY cut as {@link SourceDatabase#connectForCopy}
     * says. The caller releases it.
     *
     * @throws EngineException when the snapshot is gone with the session that exported it
     */
    public Connection open() {
        Connection connection = database.connectForCopy();
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '" + name + "'");
            return connection;
        } catch (SQLException e) {
            database.release(connection);
            SourceException fault = SourceException.of("joining the snapshot", e);
            throw fault.isTransient() ? fault : lost(e);
        }
    }

    /** How a table differs now, outside the snapshot, from what it was; empty when it does not. */
    public Optional<String> changeOf(TableState before) {
        return before.difference(
                TableState.read(database, List.of(before.table())).get(before.table()));
    }

    private static EngineException lost(SQLException fault) {
        return new EngineException(
                "The snapshot is lost, because the PostgreSQL session that held it has ended: the server was restarted,"
                        + " or the connection broke. Only a new load can have one moment for all tables.",
                fault);
    }

    public void release(Connection connection) {
        database.release(connection);
    }

    @Override
    public void close() {
        database.release(exporter);
    }
}
