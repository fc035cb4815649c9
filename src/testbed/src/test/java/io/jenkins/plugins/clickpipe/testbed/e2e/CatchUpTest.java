package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** catchUpBeforeSwap: readers of the new tables have what was written while they were loaded. */
@WithServers
class CatchUpTest {
    private static final String TABLES =
            "tables: [{source: public.orders}, {source: public.log, tableEngine: MergeTree}]\n";
    private static final String SMALL_BATCHES = "settings: {pullBatchSize: 50}\n";

    private TestDatabase database;

    @BeforeEach
    void pipe(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "CREATE TABLE log (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'old' FROM generate_series(1, 2000) i",
                "INSERT INTO log SELECT i, 'old' FROM generate_series(1, 2000) i");
        run("resync").assertSucceeded();
        database.executeSource("DELETE FROM orders WHERE id IN (1, 2, 3)");
        run("sync", "--once").assertSucceeded();
    }

    @Test
    void whatWasWrittenDuringTheLoadIsThereRightAfterTheSwap() {
        try (HeldLoad load = HeldLoad.start(database, TABLES + SMALL_BATCHES)) {
            write();
            load.release();
            EngineRun run = load.process().awaitEnd().assertSucceeded();
            assertThat(run.phases()).containsSubsequence("Verification", "Catch-up", "Resync", "Running");
        }
        assertSame();

        database.executeSource("UPDATE orders SET note = 'later' WHERE id < 100");
        run("sync", "--once").assertSucceeded();
        assertSame();
        assertThat(database.queryTarget("SELECT id FROM orders FINAL WHERE _peerdb_is_deleted = 1 ORDER BY id"))
                .as("1 and 2 are deleted still, 3 came again, 11 went")
                .containsExactly(List.of("1"), List.of("2"), List.of("11"));
    }

    @Test
    void withoutItTheyComeWithTheNextSync() {
        String settings = "settings: {catchUpBeforeSwap: false}\n";
        try (HeldLoad load = HeldLoad.start(database, TABLES + settings)) {
            write();
            load.release();
            load.process().awaitEnd().assertSucceeded();
        }
        assertThat(database.queryTarget("SELECT 1 FROM orders WHERE id = 5000")).isEmpty();

        run("sync", "--once").assertSucceeded();
        assertSame();
    }

    @Test
    void aProcessThatDiesWhileItCatchesUpLeavesTheOriginalsAndTheNextResyncSucceeds() {
        List<List<String>> before = database.queryTarget("SELECT * FROM log ORDER BY id");
        try (HeldLoad load = HeldLoad.start(database, TABLES + SMALL_BATCHES)) {
            database.executeSource("INSERT INTO log SELECT i, 'new' FROM generate_series(10001, 60000) i");
            load.release();
            load.process().awaitPhase("Catch-up");
            load.process().kill();
        }
        assertThat(database.queryTarget("SELECT * FROM log ORDER BY id")).isEqualTo(before);

        run("resync").assertSucceeded();
        assertSame();
        Footprint footprint = new Footprint(database);
        assertThat(footprint.slots()).hasSize(1);
        assertThat(footprint.resyncTables()).isEmpty();
    }

    private void write() {
        database.executeSource(
                "INSERT INTO orders SELECT i, 'new' FROM generate_series(5000, 5200) i",
                "INSERT INTO log SELECT i, 'new' FROM generate_series(5000, 5200) i",
                "UPDATE orders SET note = 'changed' WHERE id BETWEEN 100 AND 180",
                "INSERT INTO orders VALUES (3, 'again')",
                "DELETE FROM orders WHERE id = 11");
    }

    /** log is a MergeTree: each row stands there once. */
    private void assertSame() {
        assertThat(database.queryTarget("SELECT id, note FROM orders FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, note FROM orders ORDER BY id"));
        assertThat(database.queryTarget("SELECT id, note FROM log ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, note FROM log ORDER BY id"));
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(TABLES), command, options);
    }
}
