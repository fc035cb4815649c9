package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** resync --tables, and tables that come to a running pipe and leave it. */
@WithServers
class PartialResyncTest {
    private static final String SETTINGS = "settings: {syncIntervalSeconds: 1}\n";
    private static final String ORDERS = "{source: public.orders}";
    private static final String LOG = "{source: public.log, tableEngine: MergeTree}";
    private static final String PIPE = "tables: [" + ORDERS + ", " + LOG + "]\n" + SETTINGS;

    private TestDatabase database;
    private List<String> slots;

    @BeforeEach
    void runningPipe(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "CREATE TABLE log (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'old' FROM generate_series(1, 20) i",
                "INSERT INTO log SELECT i, 'old' FROM generate_series(1, 20) i");
        run(PIPE, "resync").assertSucceeded();
        slots = new Footprint(database).slots();
    }

    @Test
    void oneTableIsLoadedAnewAndTheOthersGoOnFromTheSlot() {
        List<List<String>> orders = uuid("orders");
        List<List<String>> log = uuid("log");
        database.executeSource(
                "INSERT INTO log VALUES (100, 'unread')", "UPDATE orders SET note = 'unread' WHERE id = 1");
        try (HeldLoad load = HeldLoad.start(database, PIPE, "--tables", "public.log")) {
            database.executeSource("INSERT INTO log VALUES (200, 'meanwhile')", "DELETE FROM orders WHERE id = 2");
            load.release();
            load.process().awaitEnd().assertSucceeded();
        }
        database.executeSource("INSERT INTO log VALUES (300, 'after')", "INSERT INTO orders VALUES (300, 'after')");
        run(PIPE, "sync", "--once").assertSucceeded();

        assertSame("orders");
        assertSame("log");
        assertThat(uuid("orders")).as("not touched").isEqualTo(orders);
        assertThat(uuid("log")).as("a new table").isNotEqualTo(log);
        assertThat(new Footprint(database).slots()).isEqualTo(slots);
        assertThat(run(PIPE, "status").stdout()).contains("Running");
    }

    @Test
    void aKilledPartialResyncIsGivenUpByTheNextSync() {
        try (HeldLoad load = HeldLoad.start(database, PIPE, "--tables", "public.log")) {
            load.process().kill();
        }
        database.executeSource("INSERT INTO log VALUES (300, 'after')");

        Awaitility.await().atMost(EngineProcess.LIMIT).untilAsserted(() -> run(PIPE, "sync", "--once")
                .assertSucceeded());

        assertSame("log");
        Footprint footprint = new Footprint(database);
        assertThat(footprint.slots()).isEqualTo(slots);
        assertThat(footprint.resyncTables()).isEmpty();
    }

    @Test
    void aNewTableOfTheFileIsLeftOutUntilItIsLoaded() {
        database.executeSource(
                "CREATE TABLE fresh (id bigint PRIMARY KEY, note text)", "INSERT INTO fresh VALUES (1, 'x')");
        String more = "tables: [" + ORDERS + ", " + LOG + ", {source: public.fresh}]\n" + SETTINGS;
        database.executeSource("INSERT INTO log VALUES (100, 'new')");
        assertThat(run(more, "sync", "--once").assertSucceeded().stderr())
                .contains("public.fresh is new to the pipe", "resync --tables public.fresh");
        assertSame("log");

        run(more, "resync", "--tables", "public.fresh").assertSucceeded();
        database.executeSource("INSERT INTO fresh VALUES (2, 'y')", "INSERT INTO log VALUES (101, 'new')");
        run(more, "sync", "--once").assertSucceeded();

        assertSame("fresh");
        assertSame("log");
        assertThat(new Footprint(database).slots()).isEqualTo(slots);
    }

    @Test
    void aTableThatLeavesTheFileIsNotPublishedAnyMoreAndIsLoadedAnewWhenItComesBack() {
        String less = "tables: [" + ORDERS + "]\n" + SETTINGS;
        run(less, "sync", "--once").assertSucceeded();

        assertThat(database.querySource("SELECT tablename FROM pg_publication_tables"))
                .containsExactly(List.of("orders"));
        assertThat(database.queryTarget("SELECT count() FROM log")).containsExactly(List.of("20"));
        database.executeSource("INSERT INTO log VALUES (100, 'unseen')", "INSERT INTO orders VALUES (100, 'seen')");

        assertThat(run(PIPE, "sync", "--once").assertSucceeded().stderr()).contains("public.log is new to the pipe");
        assertSame("orders");
        run(PIPE, "resync", "--tables", "public.log").assertSucceeded();
        assertSame("log");
    }

    @Test
    void aPipeThatIsNotRunningIsLoadedWhole() {
        run(PIPE, "drop").assertSucceeded();

        run(PIPE, "resync", "--tables", "public.log").assertRefused(1, "does not exist", "without --tables");
    }

    @Test
    void aPipeThatIsToReplicateOtherwiseIsLoadedWhole() {
        run(PIPE, "resync", "--tables", "public.log", "--set", "replicationMode=snapshot")
                .assertRefused(1, "replicationMode", "without --tables");
        run(PIPE, "sync", "--once").assertSucceeded();

        run(PIPE, "resync", "--set", "replicationMode=snapshot").assertSucceeded();
        run(PIPE, "resync", "--tables", "public.log").assertRefused(1, "replicationMode", "without --tables");
        assertThat(run(PIPE, "status").stdout()).contains("Completed");
    }

    private List<List<String>> uuid(String table) {
        return database.queryTarget(
                "SELECT uuid FROM system.tables WHERE database = currentDatabase() AND name = '" + table + "'");
    }

    /** log is a MergeTree: each row stands there once. */
    private void assertSame(String table) {
        String live = table.equals("log") ? "log" : table + " FINAL WHERE _peerdb_is_deleted = 0";
        assertThat(database.queryTarget("SELECT id, note FROM " + live + " ORDER BY id"))
                .as(table)
                .isEqualTo(database.querySource("SELECT id, note FROM " + table + " ORDER BY id"));
    }

    private EngineRun run(String pipe, String command, String... options) {
        return EngineProcess.run(database.pipeYaml(pipe), command, options);
    }
}
