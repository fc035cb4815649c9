package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.engine.changes.RowVersion;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

/** Invariant 4. The original is one that PeerDB has made, whose versions are nanoseconds. */
@WithServers
class SoftDeletedRowsTest {
    private static final String TABLES = "tables: [{source: public.orders}]\n";
    private static final String NANOSECONDS = "1750000000000000000";

    private TestDatabase database;

    @BeforeEach
    void orders(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'alive' FROM generate_series(1, 10) i");
        database.executeTarget(
                """
                CREATE TABLE orders (id Int64, note Nullable(String), _peerdb_synced_at DateTime64(9) DEFAULT now64(),
                    _peerdb_is_deleted UInt8, _peerdb_version UInt64)
                ENGINE = ReplacingMergeTree(_peerdb_version) ORDER BY id""");
    }

    @Test
    void aKeyDeletedAndInsertedAgainIsAlive() {
        original(5, "deleted long ago", 1, NANOSECONDS);

        resync(TABLES);

        assertThat(rows("WHERE id = 5")).containsExactly(List.of("5", "alive", "0"));
        assertThat(live()).isEqualTo(database.querySource("SELECT id, note FROM orders ORDER BY id"));
    }

    @Test
    void aTombstoneOfAnotherClockIsCarriedOverAndHidesNoLaterRow() throws IOException {
        original(77, "gone", 1, NANOSECONDS);

        resync(TABLES);

        assertThat(rows("WHERE _peerdb_is_deleted = 1")).containsExactly(List.of("77", "gone", "1"));
        assertThat(version(77)).isEqualTo(RowVersion.ofSnapshot(consistentPoint()) - 1);

        database.executeSource("INSERT INTO orders VALUES (77, 'back')");
        EngineProcess.run(database.pipeYaml(TABLES), "sync", "--once").assertSucceeded();

        assertThat(live()).contains(List.of("77", "back"));
        assertThat(live()).isEqualTo(database.querySource("SELECT id, note FROM orders ORDER BY id"));
    }

    @Test
    void aTombstoneOlderThanTheBaselineKeepsItsVersion() {
        original(78, "gone", 1, "3");

        resync(TABLES);

        assertThat(version(78)).isEqualTo(3);
    }

    @Test
    void onlyTheLatestStateCounts() {
        original(80, "was deleted, came back", 1, "3");
        original(80, "came back", 0, "4");
        original(81, "was there", 0, "3");
        original(81, "was there", 1, "4");

        resync(TABLES);

        assertThat(rows("WHERE id > 10")).containsExactly(List.of("81", "was there", "1"));
    }

    @Test
    void deletionsThatSyncHasAppliedSurviveARepeatedResync() {
        resync(TABLES);
        database.executeSource("DELETE FROM orders WHERE id IN (2, 3)");
        EngineProcess.run(database.pipeYaml(TABLES), "sync", "--once").assertSucceeded();

        resync(TABLES);
        resync(TABLES);

        assertThat(database.queryTarget("SELECT id FROM orders WHERE _peerdb_is_deleted = 1 ORDER BY id"))
                .containsExactly(List.of("2"), List.of("3"));
        assertThat(live()).isEqualTo(database.querySource("SELECT id, note FROM orders ORDER BY id"));
    }

    @Test
    void theyAreLeftBehindWhereTheSettingSaysSo() {
        original(77, "gone", 1, "3");

        EngineRun run = resync(TABLES + "settings: {softDeletedRows: discard}\n");

        assertThat(run.phases()).doesNotContain("Soft-deleted rows");
        assertThat(rows("WHERE _peerdb_is_deleted = 1")).isEmpty();
    }

    @Test
    void theKeyOfATombstoneMayHaveAnotherTypeThanBefore() {
        database.executeSource("ALTER TABLE orders ALTER COLUMN id TYPE text USING 'k' || id");
        original(77, "gone", 1, "3");

        resync(TABLES);

        assertThat(rows("WHERE _peerdb_is_deleted = 1")).containsExactly(List.of("77", "gone", "1"));
    }

    private EngineRun resync(String tablesAndSettings) {
        return EngineProcess.run(database.pipeYaml(tablesAndSettings), "resync").assertSucceeded();
    }

    private void original(long id, String note, int deleted, String version) {
        database.executeTarget(
                "INSERT INTO orders (id, note, _peerdb_is_deleted, _peerdb_version) VALUES (%d, '%s', %d, %s)"
                        .formatted(id, note, deleted, version));
    }

    private List<List<String>> rows(String where) {
        return database.queryTarget("SELECT id, note, _peerdb_is_deleted FROM orders " + where + " ORDER BY id");
    }

    private List<List<String>> live() {
        return database.queryTarget("SELECT id, note FROM orders FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id");
    }

    private long version(long id) {
        return Long.parseLong(database.queryTarget("SELECT _peerdb_version FROM orders WHERE id = " + id)
                .get(0)
                .get(0));
    }

    private LogSequenceNumber consistentPoint() throws IOException {
        EngineRun status =
                EngineProcess.run(database.pipeYaml(TABLES), "status", "--json").assertSucceeded();
        JsonNode json = new ObjectMapper().readTree(status.stdout());
        return LogSequenceNumber.valueOf(json.path("baselineLsn").asText());
    }
}
