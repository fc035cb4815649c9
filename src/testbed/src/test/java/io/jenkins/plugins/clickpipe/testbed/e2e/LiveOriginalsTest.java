package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * keepOriginalLive: the old slot feeds the originals until the swap, and stays when the resync fails. The resync is held
 * by an open transaction, for which the creation of its slot waits.
 */
@WithServers
class LiveOriginalsTest {
    private static final String PIPE =
            """
            tables: [{source: public.orders}, {source: public.log, tableEngine: MergeTree}]
            settings: {keepOriginalLive: true, syncIntervalSeconds: 1}
            """;

    private TestDatabase database;
    private String oldSlot;

    @BeforeEach
    void runningPipe(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "CREATE TABLE log (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'old' FROM generate_series(1, 300) i",
                "INSERT INTO log SELECT i, 'old' FROM generate_series(1, 20) i");
        run("resync").assertSucceeded();
        oldSlot = new Footprint(database).slots().get(0);
    }

    @Test
    void theOriginalsFollowTheSourceWhileTheNewTablesAreLoaded() throws SQLException {
        try (Connection blocker = openTransaction();
                EngineProcess resync = EngineProcess.start(database.pipeYaml(PIPE), "resync")) {
            awaitChangesInOriginals();
            assertThat(resync.isAlive()).isTrue();
            blocker.rollback();
            resync.awaitEnd().assertSucceeded();
        }
        assertSame();
        assertThat(new Footprint(database).slots())
                .singleElement()
                .asString()
                .as("the old slot is dropped")
                .isNotEqualTo(oldSlot);
        assertGoesOn();
    }

    @Test
    void aStoppedResyncLeavesThePipeRunningOnItsOldSlot() throws SQLException {
        try (Connection blocker = openTransaction();
                EngineProcess resync = EngineProcess.start(database.pipeYaml(PIPE), "resync")) {
            awaitChangesInOriginals();
            resync.terminate();
            resync.awaitEnd().assertExit(130);
            blocker.rollback();
        }
        assertOldSlotAlone();
        assertThat(run("status").assertSucceeded().stdout()).contains("Running");
        assertGoesOn();
    }

    @Test
    void aKilledResyncIsGivenUpByTheNextSync() throws SQLException {
        try (Connection blocker = openTransaction();
                EngineProcess resync = EngineProcess.start(database.pipeYaml(PIPE), "resync")) {
            awaitChangesInOriginals();
            resync.kill();
            blocker.rollback();
        }
        assertThat(run("status").assertSucceeded().stdout()).contains("run sync to go on");

        assertGoesOn();
        assertOldSlotAlone();
    }

    /** What comes after the swap's last entry is taken away, as if the process had died there. */
    @Test
    void aResyncKilledRightAfterItsSwapGoesOnFromItsNewSlot() {
        run("resync").assertSucceeded();
        List<String> newSlot = new Footprint(database).slots();
        database.executeTarget(
                """
                ALTER TABLE _clickpipe_journal DELETE
                 WHERE sequence > (SELECT max(sequence) FROM _clickpipe_journal WHERE kind = 'SWAP_DONE')
                SETTINGS mutations_sync = 2""");

        assertGoesOn();

        assertThat(new Footprint(database).slots()).isEqualTo(newSlot);
        assertThat(run("status").assertSucceeded().stdout()).contains("Running");
    }

    @Test
    void aRefusedSwapLeavesThePipeRunning() {
        database.executeSource("DELETE FROM orders WHERE id > 2");

        run("resync").assertExit(3);

        assertThat(run("status").assertSucceeded().stdout()).contains("Running");
        assertThat(new Footprint(database).slots()).containsExactly(oldSlot);
        assertGoesOn();
    }

    private Connection openTransaction() throws SQLException {
        Connection blocker = database.sourceAdmin();
        blocker.setAutoCommit(false);
        try (Statement statement = blocker.createStatement()) {
            statement.execute("SELECT pg_current_xact_id()");
        }
        return blocker;
    }

    /** Writes, and waits for it in the tables that readers have. */
    private void awaitChangesInOriginals() {
        database.executeSource(
                "UPDATE orders SET note = 'meanwhile' WHERE id = 7",
                "DELETE FROM orders WHERE id = 8",
                "INSERT INTO log VALUES (100, 'meanwhile')");
        Awaitility.await().atMost(EngineProcess.LIMIT).untilAsserted(this::assertSame);
    }

    private void assertOldSlotAlone() {
        Footprint footprint = new Footprint(database);
        footprint.assertNothingRuns();
        assertThat(footprint.slots()).containsExactly(oldSlot);
        assertThat(footprint.resyncTables()).isEmpty();
    }

    private void assertGoesOn() {
        database.executeSource(
                "INSERT INTO log VALUES (200, 'after')", "UPDATE orders SET note = 'after' WHERE id = 1");
        run("sync", "--once").assertSucceeded();
        assertSame();
    }

    private void assertSame() {
        assertThat(database.queryTarget("SELECT id, note FROM orders FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, note FROM orders ORDER BY id"));
        assertThat(database.queryTarget("SELECT id, note FROM log ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, note FROM log ORDER BY id"));
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(PIPE), command, options);
    }
}
