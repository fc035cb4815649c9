package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A PostgreSQL server with one replication slot that keeps hardly any WAL. */
@WithServers
class LimitedServerTest {
    private static final String ORDERS = "tables: [{source: public.orders}]\n";

    private static PostgresServer server;
    private TestDatabase database;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(Map.of("max_replication_slots", "1", "max_slot_wal_keep_size", "1MB"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void orders(TestDatabase fresh) {
        database = fresh;
        server.createDatabase(database.name());
        source("CREATE TABLE orders (id bigint PRIMARY KEY)", "INSERT INTO orders VALUES (1), (2)");
    }

    @AfterEach
    void dropDatabase() {
        server.admin().dropDatabase(database.name());
    }

    @Test
    void aPipeWhoseSlotWasInvalidatedIsResynced() {
        run("resync").assertSucceeded();
        for (int segment = 0; segment < 4; segment++) {
            server.admin()
                    .execute(
                            database.name(),
                            "CREATE TABLE ballast AS SELECT 1",
                            "DROP TABLE ballast",
                            "SELECT pg_switch_wal()",
                            "CHECKPOINT");
        }
        assertThat(slots("wal_status = 'lost'")).hasSize(1);
        source("INSERT INTO orders VALUES (3)");
        run("sync", "--once").assertRefused(1, "invalidated", "resync");
        assertThat(run("status").stdout()).contains("Failed", "invalidated");

        run("resync").assertSucceeded();

        assertThat(slots("wal_status <> 'lost'")).hasSize(1);
        assertThat(slots("wal_status = 'lost'")).isEmpty();
        source("INSERT INTO orders VALUES (4)");
        run("sync", "--once").assertSucceeded();
        assertThat(database.queryTarget("SELECT id FROM orders FINAL ORDER BY id"))
                .containsExactly(List.of("1"), List.of("2"), List.of("3"), List.of("4"));
    }

    @Test
    void aServerWithoutAFreeSlotIsRefused() {
        server.admin()
                .execute(database.name(), "SELECT pg_create_logical_replication_slot('somebody_elses', 'pgoutput')");

        run("resync").assertRefused(1, "replication slots", "max_replication_slots");

        assertThat(slots("slot_name = 'somebody_elses'")).hasSize(1);
        assertThat(database.queryTarget("SELECT name FROM system.tables WHERE database = currentDatabase()"))
                .isEmpty();
    }

    @Test
    void thePipesOwnSlotCountsAsFree() {
        run("resync").assertSucceeded();

        run("resync").assertSucceeded();
    }

    private List<List<String>> slots(String where) {
        return server.admin()
                .query(
                        database.name(),
                        "SELECT slot_name FROM pg_replication_slots WHERE database = current_database() AND " + where);
    }

    private void source(String... statements) {
        server.pipeUser().execute(database.name(), statements);
    }

    private EngineRun run(String command, String... options) {
        String yaml = database.pipeYaml(server.pipeUser(), database.servers().clickHousePipeUser(), ORDERS);
        return EngineProcess.run(yaml, command, options);
    }
}
