package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A PostgreSQL server with few connections and little WAL for slots, and a role with narrow timeouts. */
@WithServers
class SourceProtectionTest {
    private static final String PIPE = "tables: [{source: public.orders}]\nsettings: {%s}\n";
    private static final String COUNT = "SELECT count(*), sum(id) FROM orders";

    private static PostgresServer server;
    private TestDatabase database;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(Map.of("max_connections", "12", "max_slot_wal_keep_size", "1MB"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** About 5 MB in many blocks. */
    @BeforeEach
    void orders(TestDatabase fresh) {
        database = fresh;
        server.createDatabase(database.name());
        server.pipeUser()
                .execute(
                        database.name(),
                        "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                        "INSERT INTO orders SELECT i, repeat(md5(i::text), 8) FROM generate_series(1, 20000) i",
                        "ANALYZE orders");
    }

    @AfterEach
    void dropDatabase() {
        server.admin().dropDatabase(database.name());
    }

    @Test
    void aServerWithFewFreeConnectionsIsReadByFewerSessions() {
        EngineProcess.run(yaml("initialLoadParallelism: 16, snapshotNumRowsPerPartition: 100"), "resync")
                .assertSucceeded()
                .assertTells("free connections", "instead of 16");

        assertLoaded();
    }

    @Test
    void aBoundOfConnectionsHoldsForTheWholeRun() {
        String settings = "initialLoadParallelism: 6, snapshotNumRowsPerPartition: 100, maxSourceConnections: 4,"
                + " maxMegabytesPerSecond: 2";
        int most = 0;
        try (EngineProcess engine = EngineProcess.start(yaml(settings), "resync")) {
            while (engine.isAlive()) {
                most = Math.max(most, sessions());
            }
            engine.awaitEnd().assertSucceeded().assertTells("maxSourceConnections is 4", "2 sessions instead of 6");
        }

        assertThat(most).isBetween(3, 4);
        assertLoaded();
    }

    private int sessions() {
        String sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'clickpipe-resync %'";
        return Integer.parseInt(
                server.admin().query(database.name(), sql).get(0).get(0));
    }

    @Test
    void timeoutsOfTheRoleDoNotEndASlowLoad() {
        List<String> timeouts = List.of(
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "idle_session_timeout",
                "transaction_timeout");
        for (String timeout : timeouts) {
            server.admin()
                    .execute(
                            database.name(),
                            "ALTER ROLE clickpipe IN DATABASE " + database.name() + " SET " + timeout + " = '700ms'");
        }
        server.admin()
                .execute(
                        database.name(),
                        "ALTER ROLE clickpipe IN DATABASE " + database.name() + " SET enable_tidscan = off",
                        "ALTER ROLE clickpipe IN DATABASE " + database.name()
                                + " SET default_transaction_read_only = on",
                        "ALTER ROLE clickpipe IN DATABASE " + database.name() + " SET bytea_output = 'escape'");

        long start = System.nanoTime();
        EngineProcess.run(
                        yaml("replicationMode: snapshot, initialLoadParallelism: 2, maxMegabytesPerSecond: 2"),
                        "resync")
                .assertSucceeded();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(2));
        assertLoaded();
    }

    @Test
    void theLoadStopsBeforeItsSlotIsInvalidated() {
        try (EngineProcess engine = EngineProcess.start(yaml("maxMegabytesPerSecond: 1"), "resync")) {
            engine.awaitPhase("Snapshot");
            for (int segment = 0; segment < 5; segment++) {
                server.admin()
                        .execute(
                                database.name(),
                                "CREATE TABLE ballast AS SELECT 1",
                                "DROP TABLE ballast",
                                "SELECT pg_switch_wal()");
            }
            engine.awaitEnd().assertRefused(1, "max_slot_wal_keep_size", "Readers see the original tables as before");
        }

        assertThat(server.admin().query(database.name(), "SELECT slot_name FROM pg_replication_slots"))
                .isEmpty();
    }

    @Test
    void aRestartOfTheServerLosesTheSnapshotAndIsTold() {
        try (EngineProcess engine = EngineProcess.start(yaml("maxMegabytesPerSecond: 1"), "resync")) {
            engine.awaitPhase("Snapshot");
            Awaitility.await().atMost(EngineProcess.LIMIT).until(() -> !server.admin()
                    .query(database.name(), "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY%'")
                    .isEmpty());
            server.restart();
            engine.awaitEnd().assertRefused(1, "snapshot is lost", "restarted", "run resync again");
        }
    }

    private void assertLoaded() {
        assertThat(database.queryTarget(COUNT)).isEqualTo(server.pipeUser().query(database.name(), COUNT));
    }

    private String yaml(String settings) {
        return database.pipeYaml(server.pipeUser(), database.servers().clickHousePipeUser(), PIPE.formatted(settings));
    }
}
