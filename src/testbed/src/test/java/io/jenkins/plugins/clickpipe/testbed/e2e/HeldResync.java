package io.jenkins.plugins.clickpipe.testbed.e2e;

import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A resync of {@value #TABLES} tables that is held in a phase until it is released, so that what happens to it then
 * happens in that phase and no other.
 *
 * <p>Setup is held by an open transaction, for which the creation of a slot waits; Snapshot and Verification by a pause
 * of the way to PostgreSQL; the transfer of soft-deleted rows by a materialized view that sleeps; the swap, which
 * nothing stops, is met after its first table.
 */
final class HeldResync implements AutoCloseable {
    static final int TABLES = 8;

    /** The phase Resync when readers have all new tables and the old ones are being dropped. */
    static final String ALL_EXCHANGED = "Resync, all exchanged";

    private static final int ROWS = 20_000;
    private static final int TOMBSTONES = 280;
    private static final String SETTINGS =
            "settings: {initialLoadParallelism: 2, snapshotNumRowsPerPartition: 200, publicationName: null}\n";

    private final TestDatabase database;
    private final TcpProxy proxy;
    private Connection blocker;
    private EngineProcess process;

    private HeldResync(TestDatabase database) {
        this.database = database;
        this.proxy = TcpProxy.to(
                database.servers().postgresPipeUser().host(),
                database.servers().postgresPipeUser().port());
    }

    /**
     * Makes source tables of generation 2 and, as ClickPipes would have made them, original tables of generation 1, the
     * first one with soft-deleted rows that the source does not have.
     */
    static void prepare(TestDatabase database) {
        for (int i = 0; i < TABLES; i++) {
            int rows = i == 0 ? ROWS : 100;
            database.executeSource(
                    "CREATE TABLE t%d (id bigint PRIMARY KEY, generation int NOT NULL, note text)".formatted(i),
                    "INSERT INTO t%d SELECT g, 2, repeat('x', 100) FROM generate_series(1, %d) g".formatted(i, rows),
                    "ANALYZE t" + i);
            database.executeTarget(
                    """
                    CREATE TABLE t%d (id Int64, generation Int32, note Nullable(String),
                        _peerdb_synced_at DateTime64(9) DEFAULT now64(), _peerdb_is_deleted UInt8,
                        _peerdb_version UInt64)
                    ENGINE = ReplacingMergeTree(_peerdb_version) ORDER BY id"""
                            .formatted(i),
                    "INSERT INTO t%d (id, generation, _peerdb_version) SELECT number + 1, 1, 7 FROM numbers(50)"
                            .formatted(i));
        }
        database.executeTarget(
                """
                INSERT INTO t0 (id, generation, _peerdb_is_deleted, _peerdb_version)
                SELECT 1000000 + number, 1, 1, 8 FROM numbers(%d)"""
                        .formatted(TOMBSTONES));
    }

    /** A pipe of all the tables that {@link #prepare} makes. */
    static String pipe(TestDatabase database) {
        return database.pipeYaml("tables: [{source: public/t*}]\n" + SETTINGS);
    }

    /** Starts a resync and returns once it stands in the phase. */
    static HeldResync in(String phase, TestDatabase database) {
        HeldResync held = new HeldResync(database);
        try {
            held.advanceTo(phase);
            return held;
        } catch (RuntimeException | Error e) {
            held.close();
            throw e;
        } catch (SQLException e) {
            held.close();
            throw new IllegalStateException(e);
        }
    }

    private void advanceTo(String phase) throws SQLException {
        if (phase.equals("Setup")) {
            openTransaction();
        }
        String yaml = database.pipeYaml(
                database.servers().postgresPipeUser().throughPort(proxy.port()),
                database.servers().clickHousePipeUser(),
                "tables: [{source: public/t*}]\n" + SETTINGS);
        process = EngineProcess.start(yaml, "resync");
        process.awaitPhase("Setup");
        if (phase.equals("Setup")) {
            awaitSlotCreation();
            return;
        }
        process.awaitPhase("Snapshot");
        proxy.pause();
        if (phase.equals("Snapshot")) {
            return;
        }
        database.executeTarget(
                "CREATE TABLE hold_sink (s UInt8) ENGINE = Null",
                "CREATE MATERIALIZED VIEW hold TO hold_sink AS"
                        + " SELECT sleepEachRow(0.01) AS s FROM t0_resync WHERE _peerdb_is_deleted = 1");
        proxy.resume();
        process.awaitPhase("Soft-deleted rows");
        if (phase.equals("Soft-deleted rows")) {
            return;
        }
        proxy.pause();
        process.awaitPhase("Verification");
        if (phase.equals("Verification")) {
            return;
        }
        proxy.resume();
        process.awaitPhase("Resync");
        int swapped = phase.equals(ALL_EXCHANGED) ? TABLES : 1;
        Awaitility.await(swapped + " tables swapped")
                .atMost(EngineProcess.LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> Collections.frequency(generations(database), List.of("2")) >= swapped);
    }

    private void openTransaction() throws SQLException {
        blocker = database.sourceAdmin();
        blocker.setAutoCommit(false);
        try (Statement statement = blocker.createStatement()) {
            statement.execute("SELECT pg_current_xact_id()");
        }
    }

    private void awaitSlotCreation() {
        Awaitility.await("the slot's creation waits")
                .atMost(EngineProcess.LIMIT)
                .until(() -> !database.querySource(
                                """
                                SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
                                   AND backend_type = 'walsender' AND wait_event_type = 'Lock'""")
                        .isEmpty());
    }

    EngineProcess process() {
        return process;
    }

    /** Lets bytes flow and ends the open transaction. */
    void release() {
        proxy.resume();
        releaseTransaction();
    }

    /** Lets bytes flow; an open transaction stays open. */
    void letBytesFlow() {
        proxy.resume();
    }

    private void releaseTransaction() {
        if (blocker != null) {
            try {
                blocker.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Each table's generations that a reader sees, live rows alone, tables in any order. */
    static List<List<String>> generations(TestDatabase database) {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < TABLES; i++) {
            sql.append(i == 0 ? "" : " UNION ALL ")
                    .append("SELECT arrayStringConcat(arraySort(groupUniqArray(toString(generation))), ',') FROM t")
                    .append(i)
                    .append(" WHERE _peerdb_is_deleted = 0");
        }
        return database.queryTarget(sql.toString());
    }

    /** All a reader can see of the originals: identity, rows and their content. */
    static List<List<String>> originals(TestDatabase database) {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < TABLES; i++) {
            sql.append(i == 0 ? "SELECT * FROM (" : " UNION ALL ")
                    .append(
                            """
                            SELECT 't%1$d' AS t, (SELECT uuid FROM system.tables
                                    WHERE database = currentDatabase() AND name = 't%1$d') AS uuid,
                                   count() AS n, sum(cityHash64(*)) AS h FROM t%1$d"""
                                    .formatted(i));
        }
        return database.queryTarget(sql + ") ORDER BY t");
    }

    @Override
    public void close() {
        proxy.close();
        releaseTransaction();
        if (process != null) {
            process.close();
        }
    }
}
