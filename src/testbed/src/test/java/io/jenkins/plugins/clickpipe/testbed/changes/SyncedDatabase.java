package io.jenkins.plugins.clickpipe.testbed.changes;

import io.jenkins.plugins.clickpipe.engine.changes.JdbcSourceRows;
import io.jenkins.plugins.clickpipe.engine.changes.RelationMap;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicatedTable;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicationStream;
import io.jenkins.plugins.clickpipe.engine.changes.SpillSpace;
import io.jenkins.plugins.clickpipe.engine.changes.Sync;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.changes.WalEnd;
import io.jenkins.plugins.clickpipe.engine.definition.Secret;
import io.jenkins.plugins.clickpipe.engine.definition.SourceServer;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceDatabase;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.replication.LogSequenceNumber;

/** A database of its own with a publication of some tables and a slot, and a destination that follows them. */
final class SyncedDatabase implements AutoCloseable {
    private static final String SLOT_PREFIX = "slot_";

    private final SourceDatabase source;
    private final Connection session;
    private final String database;
    private final String slot;
    private RelationMap relations;
    private final Map<String, ReplicatedTable> tables = new HashMap<>();
    final MemoryDestination destination;
    final MemoryBatchLog log;
    final AtomicBoolean stopped = new AtomicBoolean();
    int pullBatchSize = 1000;
    boolean early = true;
    SpillSpace spill = SpillSpace.temporary();
    LogSequenceNumber baseline;

    SyncedDatabase(PostgresServer server, String database) throws SQLException {
        this(server, database, new MemoryDestination(), new MemoryBatchLog());
    }

    private SyncedDatabase(PostgresServer server, String database, MemoryDestination destination, MemoryBatchLog log) {
        this.database = database;
        this.slot = SLOT_PREFIX + database;
        this.destination = destination;
        this.log = log;
        if (server.admin()
                .query("postgres", "SELECT 1 FROM pg_database WHERE datname = '" + database + "'")
                .isEmpty()) {
            server.createDatabase(database);
        }
        this.source = new SourceDatabase(
                new SourceServer(
                        server.host(),
                        server.port(),
                        database,
                        server.user(),
                        new Secret(server.password()),
                        "disable"),
                "sync-test");
        this.session = source.connect();
    }

    /** The same after the server was started again. */
    SyncedDatabase reopened(PostgresServer server) {
        source.close();
        SyncedDatabase again = new SyncedDatabase(server, database, destination, log);
        again.tables.putAll(tables);
        again.relations = relations;
        return again;
    }

    void execute(String... statements) throws SQLException {
        try (Statement statement = session.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    Connection connect() {
        return source.connect();
    }

    /** Publishes tables that last-state destinations follow, and makes the slot. */
    void follow(String... names) throws SQLException {
        for (String name : names) {
            follow(name, true, List.of());
        }
        publish();
    }

    void follow(String name, boolean keepsLastState, List<String> sortingKey) throws SQLException {
        SourceTable table = new SourceCatalog(session).describe("public", name).orElseThrow();
        Map<String, Long> oids = new HashMap<>();
        try (Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT attname, atttypid FROM pg_attribute WHERE attnum > 0 AND attrelid = " + table.oid())) {
            while (rows.next()) {
                oids.put(rows.getString(1), rows.getLong(2));
            }
        }
        List<String> columns = table.columns().stream().map(c -> c.name()).toList();
        tables.put(
                name,
                ReplicatedTable.of(
                        table,
                        name,
                        columns,
                        oids,
                        sortingKey.isEmpty() ? table.primaryKey() : sortingKey,
                        keepsLastState));
    }

    void publish() throws SQLException {
        execute("CREATE PUBLICATION \"Pub\" FOR TABLE "
                + String.join(
                        ", ", tables.keySet().stream().map(n -> "public." + n).toList())
                + " WITH (publish_via_partition_root = true)");
        relations = new RelationMap(tables.values());
        baseline = currentWal();
        new ReplicationSlots(source).create(slot).close();
    }

    /** As somebody can from PostgreSQL 18 on. */
    void setTwoPhase(boolean twoPhase) throws SQLException {
        Connection replication = source.connectForReplication();
        try (Statement statement = replication.createStatement()) {
            statement.execute("ALTER_REPLICATION_SLOT " + slot + " (TWO_PHASE " + twoPhase + ")");
        } finally {
            source.release(replication);
        }
    }

    /** Takes in the tables that were followed since {@link #publish}. */
    void refollow() {
        relations = new RelationMap(tables.values());
    }

    ReplicatedTable table(String name) {
        return tables.get(name);
    }

    LogSequenceNumber currentWal() {
        return WalEnd.reachable(session).walEnd();
    }

    LogSequenceNumber confirmedFlush() throws SQLException {
        return LogSequenceNumber.valueOf(
                value("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + slot + "'"));
    }

    String value(String sql) throws SQLException {
        return values(sql).get(0);
    }

    /** The first column. */
    List<String> values(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    /** One cycle of a new process. */
    SyncResult sync() throws SQLException {
        Connection replication = source.connectForReplication();
        Connection rows = source.connect();
        try {
            return newSync(replication, rows).runOnce(currentWal());
        } finally {
            source.release(replication);
            source.release(rows);
        }
    }

    SyncResult syncFor(Duration time) throws SQLException {
        Connection replication = source.connectForReplication();
        Connection rows = source.connect();
        try {
            return newSync(replication, rows).runFor(time);
        } finally {
            source.release(replication);
            source.release(rows);
        }
    }

    private Sync newSync(Connection replication, Connection rows) {
        return new Sync(
                "run1",
                ReplicationStream.open(replication, slot, "Pub", log.applied, early),
                relations,
                destination,
                new JdbcSourceRows(rows),
                log,
                pullBatchSize,
                Duration.ofMillis(300),
                spill,
                stopped::get,
                progress -> {});
    }

    /** The source's rows in the form of {@link MemoryDestination#alive}. */
    List<List<String>> sourceRows(String name) throws SQLException {
        int columns = tables.get(name).columns().size();
        List<List<String>> all = new ArrayList<>();
        try (Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM public." + name)) {
            while (rows.next()) {
                String[] row = new String[columns];
                for (int i = 0; i < columns; i++) {
                    row[i] = rows.getString(i + 1) == null ? "<null>" : rows.getString(i + 1);
                }
                all.add(Arrays.asList(row));
            }
        }
        return all;
    }

    List<List<String>> alive(String name) {
        return destination.alive(table(name));
    }

    List<MemoryDestination.Row> stored(String name) {
        return destination.stored(table(name));
    }

    @Override
    public void close() throws SQLException {
        try {
            new ReplicationSlots(source).drop(session, slot);
        } finally {
            source.close();
        }
    }
}
