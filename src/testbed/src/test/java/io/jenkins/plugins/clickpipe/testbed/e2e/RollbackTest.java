package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** keepPreviousTables and rollback: a resync that can be taken back. */
@WithServers
class RollbackTest {
    private static final String TABLES = "tables: [{source: public.orders}, {source: public.items}]\n";
    private static final String KEEP = "settings: {keepPreviousTables: 24h}\n";

    private TestDatabase database;

    @BeforeEach
    void twoGenerations(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "CREATE TABLE items (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'first' FROM generate_series(1, 20) i",
                "INSERT INTO items SELECT i, 'first' FROM generate_series(1, 10) i");
        run("resync").assertSucceeded();
        database.executeSource("UPDATE orders SET note = 'second'", "UPDATE items SET note = 'second'");
        database.executeTarget("ALTER TABLE items MODIFY COMMENT 'mine'");
        run("resync").assertSucceeded();
    }

    @Test
    void thePreviousTablesAreKeptUnderAMarkedName() throws IOException {
        assertNotes("second");
        assertThat(database.queryTarget("SELECT comment FROM system.tables WHERE database = currentDatabase()"
                        + " AND name LIKE 'orders\\\\_clickpipe\\\\_previous\\\\_%'"))
                .singleElement()
                .satisfies(row -> assertThat(row.get(0)).contains("pipe " + database.name(), "previous"));
        JsonNode status = status();
        assertThat(status.path("previousTables")).hasSize(1);
        assertThat(status.path("previousTables").path(0).path("tables")).hasSize(2);
        assertThat(run("status").stdout()).contains("kept until", "orders_clickpipe_previous_");
        assertThat(run("plan").assertSucceeded().stdout()).contains("put aside by run", "stay for a rollback");
    }

    @Test
    void rollbackPutsAllPreviousTablesBackAndPausesThePipe() throws IOException {
        EngineRun rollback = run("rollback", "--by", "Ann Smith").assertSucceeded();

        assertThat(rollback.stderr()).contains("Paused", "A rollback by Ann Smith", "resync");
        assertNotes("first");
        assertThat(status().path("status").asText()).isEqualTo("Paused");
        assertThat(status().path("reason").asText()).contains("rollback by Ann Smith", "resync", "WAL");
        assertThat(database.queryTarget(
                        "SELECT comment FROM system.tables WHERE database = currentDatabase()" + " AND name = 'items'"))
                .containsExactly(List.of("mine"));
        run("sync", "--once").assertRefused(1, "paused", "resync");
        run("resume").assertRefused(1, "cannot be resumed", "resync");
        assertNotes("first");
    }

    @Test
    void aRollbackOfARollbackReturnsToTheNewerTablesAndItsSlotGoesOn() {
        run("rollback").assertSucceeded();
        database.executeSource("UPDATE orders SET note = 'third'");

        assertThat(run("rollback").assertSucceeded().stderr()).contains("resume");

        assertNotes("second");
        run("resume").assertSucceeded();
        run("sync", "--once").assertSucceeded();
        assertSame();
    }

    @Test
    void aResyncAfterARollbackMakesThePipeRunningAgain() throws IOException {
        run("rollback").assertSucceeded();
        database.executeSource("DELETE FROM orders WHERE id < 5");

        run("resync").assertSucceeded();

        assertThat(status().path("status").asText()).isEqualTo("Running");
        assertThat(new Footprint(database).slots()).hasSize(1);
        database.executeSource("UPDATE items SET note = 'third' WHERE id = 1");
        run("sync", "--once").assertSucceeded();
        assertSame();
    }

    @Test
    void aTableThatIsNewInTheLastResyncGoesAndComesWithRollbacks() {
        database.executeSource(
                "CREATE TABLE fresh (id bigint PRIMARY KEY, note text)", "INSERT INTO fresh VALUES (1, 'second')");
        String tables = "tables: [{source: public.*}]\n";
        runOf(tables + KEEP, "resync").assertSucceeded();

        runOf(tables + KEEP, "rollback").assertSucceeded();
        assertThat(database.queryTarget("EXISTS TABLE fresh")).containsExactly(List.of("0"));

        runOf(tables + KEEP, "rollback").assertSucceeded();
        assertThat(database.queryTarget("SELECT note FROM fresh")).containsExactly(List.of("second"));
    }

    @Test
    void previousTablesWhoseTimeIsOverAreDroppedByTheNextCommand() throws IOException {
        runOf(TABLES + "settings: {keepPreviousTables: 1s}\n", "resync").assertSucceeded();
        int kept = status().path("previousTables").size();
        assertThat(kept).as("the 24 hours of the one before are not over").isEqualTo(2);

        Awaitility.await().untilAsserted(() -> {
            run("sync", "--once").assertSucceeded();
            assertThat(status().path("previousTables")).hasSize(1);
        });
        assertThat(previousTables()).hasSize(2);
    }

    @Test
    void whereNothingIsKeptThereIsNothingToRollBackTo() {
        run("drop").assertSucceeded();
        assertThat(previousTables()).as("drop takes them along").isEmpty();
        run("rollback").assertRefused(1, "does not exist");
        runOf(TABLES, "resync").assertSucceeded();

        run("rollback").assertRefused(1, "keepPreviousTables");
        assertNotes("second");
    }

    @Test
    void aTableThatSomebodyPutInPlaceIsNotTouched() {
        database.executeTarget(
                "DROP TABLE items SYNC", "CREATE TABLE items (id Int64, note String) ENGINE = MergeTree ORDER BY id");

        run("rollback").assertRefused(1, "items", "Nothing was rolled back");

        assertThat(database.queryTarget("SELECT DISTINCT note FROM orders FINAL"))
                .containsExactly(List.of("second"));
    }

    private List<List<String>> previousTables() {
        return database.queryTarget("SELECT name FROM system.tables WHERE database = currentDatabase()"
                + " AND name LIKE '%\\\\_clickpipe\\\\_previous\\\\_%'");
    }

    private void assertNotes(String note) {
        for (String table : List.of("orders", "items")) {
            assertThat(database.queryTarget("SELECT DISTINCT note FROM " + table + " FINAL"))
                    .as(table)
                    .containsExactly(List.of(note));
        }
    }

    private void assertSame() {
        for (String table : List.of("orders", "items")) {
            assertThat(database.queryTarget(
                            "SELECT id, note FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                    .as(table)
                    .isEqualTo(database.querySource("SELECT id, note FROM " + table + " ORDER BY id"));
        }
    }

    private JsonNode status() throws IOException {
        return new ObjectMapper()
                .readTree(run("status", "--json").assertSucceeded().stdout());
    }

    private EngineRun run(String command, String... options) {
        return runOf(TABLES + KEEP, command, options);
    }

    private EngineRun runOf(String tablesAndSettings, String command, String... options) {
        return EngineProcess.run(database.pipeYaml(tablesAndSettings), command, options);
    }
}
