package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.engine.changes.RowVersion;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

/** What happens to a pipe after its resync: changes, status, pause, drop. */
@WithServers
class SyncTest {
    private static final String TABLES = "tables: [{source: public.orders}]\n";
    private static final String LARGE = "repeat('0123456789', 2000)";

    private TestDatabase database;

    @BeforeEach
    void runningPipe(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text, large text)",
                "ALTER TABLE orders ALTER COLUMN large SET STORAGE EXTERNAL",
                "INSERT INTO orders SELECT i, 'old', " + LARGE + " FROM generate_series(1, 20) i");
        run("resync").assertSucceeded();
    }

    @Test
    void insertsUpdatesDeletesAndKeyChangesArrive() {
        database.executeSource(
                "INSERT INTO orders VALUES (100, 'new', NULL), (101, NULL, '')",
                "UPDATE orders SET note = 'changed', large = 'small now' WHERE id = 1",
                "DELETE FROM orders WHERE id = 2",
                "UPDATE orders SET id = 300 WHERE id = 3",
                "DELETE FROM orders WHERE id = 4",
                "INSERT INTO orders VALUES (4, 'again', 'x')",
                "UPDATE orders SET id = id + 1000 WHERE id BETWEEN 10 AND 12");

        run("sync", "--once").assertSucceeded();

        assertSame();
        assertThat(database.queryTarget("SELECT id FROM orders FINAL WHERE _peerdb_is_deleted = 1 ORDER BY id"))
                .containsExactly(List.of("2"), List.of("3"), List.of("10"), List.of("11"), List.of("12"));
    }

    @Test
    void anUnchangedToastValueIsKept() {
        database.executeSource("UPDATE orders SET note = 'touched'");

        run("sync", "--once").assertSucceeded();

        assertThat(database.queryTarget("SELECT DISTINCT note, length(large) FROM orders FINAL"))
                .containsExactly(List.of("touched", "20000"));
        assertSame();
    }

    @Test
    void aTruncateEmptiesTheTableAndLaterRowsStay() {
        database.executeSource("TRUNCATE orders", "INSERT INTO orders VALUES (5, 'after', 'x'), (500, 'after', 'y')");

        run("sync", "--once").assertSucceeded();

        assertSame();
        assertThat(live()).hasSize(2);
    }

    @Test
    void theVersionOfAChangeHoldsTheWalPositionOfItsCommit() {
        long before = walPosition();
        database.executeSource("INSERT INTO orders VALUES (100, 'one', NULL)");
        long between = walPosition();
        database.executeSource("UPDATE orders SET note = 'two' WHERE id = 100");
        long after = walPosition();

        run("sync", "--once").assertSucceeded();

        long version = Long.parseLong(database.queryTarget("SELECT max(_peerdb_version) FROM orders WHERE id = 100")
                .get(0)
                .get(0));
        assertThat(version).isBetween(versionFrom(between), versionFrom(after));
        assertThat(database.queryTarget("SELECT max(_peerdb_version) FROM orders WHERE id <= 20")
                        .get(0))
                .allSatisfy(snapshot -> assertThat(Long.parseLong(snapshot)).isLessThan(versionFrom(before)));
    }

    @Test
    void aSecondSyncChangesNothing() {
        database.executeSource("UPDATE orders SET note = 'changed' WHERE id = 1");
        run("sync", "--once").assertSucceeded();
        List<List<String>> rows = database.queryTarget("SELECT * FROM orders ORDER BY ALL");

        run("sync", "--once").assertSucceeded();

        assertThat(database.queryTarget("SELECT * FROM orders ORDER BY ALL")).isEqualTo(rows);
    }

    @Test
    void statusTellsSlotLagAndTheLastInitialLoad() throws IOException {
        JsonNode status = new ObjectMapper()
                .readTree(run("status", "--json").assertSucceeded().stdout());

        assertThat(status.path("status").asText()).isEqualTo("Running");
        assertThat(status.path("slot").path("name").asText())
                .isEqualTo(new Footprint(database).slots().get(0));
        assertThat(status.path("lagBytes").isIntegralNumber()).isTrue();
        JsonNode table = status.path("statistics").path("tables").path(0);
        assertThat(table.path("rows").asLong()).isEqualTo(20);
        assertThat(table.path("source").asText()).isEqualTo("public.orders");
    }

    @Test
    void theLagIsToldInSecondsOfTheSource() throws IOException {
        database.executeSource("INSERT INTO orders VALUES (100, 'new', NULL)");
        JsonNode event = run("sync", "--once").assertSucceeded().events().stream()
                .filter(e -> e.path("type").asText().equals("sync"))
                .reduce((first, second) -> second)
                .orElseThrow();
        assertThat(event.path("lagSeconds").isNumber()).as(event.toString()).isTrue();

        database.executeSource("UPDATE orders SET note = 'waits' WHERE id = 1", "SELECT pg_sleep(2)");
        assertThat(status().path("lagSeconds").asDouble()).isGreaterThanOrEqualTo(2);
        assertThat(run("status").stdout()).containsPattern("lag [0-9.]+ k?B, [0-9.]+ s,");

        double before = sourceSeconds();
        run("sync", "--once").assertSucceeded();
        // The WAL goes on for other reasons too.
        database.executeSource("CREATE TABLE other AS SELECT 1");
        assertThat(status().path("lagBytes").asLong()).isPositive();
        assertThat(status().path("lagSeconds").asDouble())
                .as("since that sync at most")
                .isLessThanOrEqualTo(sourceSeconds() - before);
    }

    private double sourceSeconds() {
        return Double.parseDouble(database.querySource("SELECT extract(epoch FROM clock_timestamp())")
                .get(0)
                .get(0));
    }

    private JsonNode status() throws IOException {
        return new ObjectMapper()
                .readTree(run("status", "--json").assertSucceeded().stdout());
    }

    /** ALTER TABLE, VACUUM FULL and LOCK TABLE do that. */
    @Test
    void aTableThatSomebodyKeepsLockedHoldsUpNoSyncAndALoadOnlyForALimitedTime() throws SQLException {
        database.executeSource("UPDATE orders SET note = 'changed' WHERE id = 1");
        try (Connection locker = database.sourceAdmin()) {
            locker.setAutoCommit(false);
            try (Statement statement = locker.createStatement()) {
                statement.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
            }
            run("sync", "--once").assertSucceeded();
            assertThat(database.queryTarget("SELECT note FROM orders FINAL WHERE id = 1"))
                    .containsExactly(List.of("changed"));

            run("resync").assertRefused(1, "keeps table public.orders locked", "pid ", "clickpipe-testbed");
        }
        run("resync").assertSucceeded();
        assertSame();
    }

    @Test
    void aPausedPipeKeepsItsChangesUntilItIsResumed() {
        run("pause").assertSucceeded();
        database.executeSource("INSERT INTO orders VALUES (100, 'while paused', NULL)");

        run("sync", "--once").assertRefused(1, "paused", "resume");
        assertThat(live()).hasSize(20);

        run("resume").assertSucceeded();
        run("sync", "--once").assertSucceeded();
        assertSame();
    }

    @Test
    void dropRemovesSlotAndPublicationAndKeepsTheTables() {
        run("drop").assertSucceeded();

        Footprint footprint = new Footprint(database);
        assertThat(footprint.slots()).isEmpty();
        assertThat(footprint.publications()).isEmpty();
        assertSame();
        assertThat(run("status").assertSucceeded().stdout()).contains("Not created");
        run("sync", "--once").assertRefused(1, "does not exist");
    }

    @Test
    void aDroppedPipeCanBeMadeAgain() {
        run("drop").assertSucceeded();
        database.executeSource("INSERT INTO orders VALUES (100, 'new', NULL)");

        run("resync").assertSucceeded();

        assertSame();
        assertThat(new Footprint(database).slots()).hasSize(1);
    }

    @Test
    void aResyncAfterChangesThatNobodyHasReadStartsFromTheSnapshot() {
        database.executeSource("UPDATE orders SET note = 'unread'", "DELETE FROM orders WHERE id = 7");
        run("resync").assertSucceeded();
        database.executeSource("UPDATE orders SET note = 'read' WHERE id < 5");
        run("sync", "--once").assertSucceeded();

        assertSame();
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(TABLES), command, options);
    }

    private static long versionFrom(long position) {
        return RowVersion.first(LogSequenceNumber.valueOf(position));
    }

    private long walPosition() {
        return Long.parseLong(database.querySource("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")
                .get(0)
                .get(0));
    }

    private List<List<String>> live() {
        return database.queryTarget(
                "SELECT id, note, large FROM orders FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id");
    }

    private void assertSame() {
        assertThat(live()).isEqualTo(database.querySource("SELECT id, note, large FROM orders ORDER BY id"));
    }
}
