package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Originals that another tool has made with other metadata: what readers count on stays so, and the rest is said. */
@WithServers
class MetadataOfOthersTest {
    private static final String PIPE = "tables: [{source: public.orders}]\n";

    private TestDatabase database;

    @BeforeEach
    void orders(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'alive' FROM generate_series(1, 100) i");
    }

    @Test
    void whereFinalHidesDeletedRowsItGoesOnHidingThem() {
        original("_peerdb_is_deleted UInt8, _peerdb_version UInt64", "_peerdb_version, _peerdb_is_deleted");
        database.executeTarget("INSERT INTO orders (id, note, _peerdb_is_deleted, _peerdb_version)"
                + " SELECT number + 500, 'gone', 1, 5 FROM numbers(5)");

        run("resync").assertSucceeded();

        assertThat(finalCount()).isEqualTo("100");
        database.executeSource("DELETE FROM orders WHERE id <= 10", "UPDATE orders SET note = 'new' WHERE id = 50");
        run("sync", "--once").assertSucceeded();
        assertThat(finalCount()).isEqualTo("90");
        run("resync").assertSucceeded();
        assertThat(finalCount()).isEqualTo("90");
        assertThat(database.queryTarget("SELECT count() FROM orders WHERE _peerdb_is_deleted = 1"))
                .as("tombstones are there all the same")
                .containsExactly(List.of("15"));
        database.executeSource("TRUNCATE orders", "INSERT INTO orders VALUES (3, 'back')");
        run("sync", "--once").assertSucceeded();
        assertThat(database.queryTarget("SELECT id, note FROM orders FINAL")).containsExactly(List.of("3", "back"));
    }

    @Test
    void aSoftDeleteColumnOfAnotherNameKeepsItsTombstonesAndItsName() {
        original("_is_deleted Int8, _peerdb_version Int64", "_peerdb_version");
        database.executeTarget(
                "INSERT INTO orders (id, note, _is_deleted, _peerdb_version)"
                        + " SELECT number + 500, 'gone', 1, 5 FROM numbers(20)",
                "CREATE VIEW live AS SELECT id, note FROM orders FINAL WHERE _is_deleted = 0");

        String check = run("check").assertSucceeded().stdout();
        String plan = run("plan").assertSucceeded().stdout();
        String log = run("resync").assertSucceeded().stderr();

        for (String said : List.of(check, plan, log)) {
            assertThat(said)
                    .contains("_is_deleted becomes _peerdb_is_deleted", "_peerdb_version becomes UInt64", "Int64 now");
        }
        assertThat(database.queryTarget("SELECT count() FROM orders WHERE _is_deleted = 1"))
                .containsExactly(List.of("20"));
        assertThat(database.queryTarget("SELECT count() FROM live")).containsExactly(List.of("100"));
        run("resync").assertSucceeded();
        assertThat(database.queryTarget("SELECT count() FROM orders WHERE _is_deleted = 1"))
                .as("after the next one too")
                .containsExactly(List.of("20"));
    }

    @Test
    void anOtherEngineAPartitioningAndAPrimaryKeyAreKeptOrSaid() {
        database.executeTarget(
                """
                CREATE TABLE orders (id Int64, note Nullable(String), _peerdb_synced_at DateTime64(9) DEFAULT now64(),
                    _peerdb_is_deleted UInt8, _peerdb_version UInt64)
                ENGINE = SummingMergeTree PARTITION BY id % 2 ORDER BY id""");

        assertThat(run("check").assertSucceeded().stdout())
                .contains("engine becomes ReplacingMergeTree", "SummingMergeTree now", "PARTITION BY id % 2");

        database.executeSource("CREATE TABLE lines (id bigint, no bigint, PRIMARY KEY (id, no))");
        database.executeTarget(
                """
                CREATE TABLE lines (id Int64, no Int64, _peerdb_synced_at DateTime64(9) DEFAULT now64(),
                    _peerdb_is_deleted UInt8, _peerdb_version UInt64)
                ENGINE = ReplacingMergeTree(_peerdb_version) PRIMARY KEY id ORDER BY (id, no)""");
        EngineProcess.run(database.pipeYaml("tables: [{source: public.lines}]\n"), "resync")
                .assertSucceeded();
        assertThat(database.queryTarget("SELECT primary_key, sorting_key FROM system.tables"
                        + " WHERE database = currentDatabase() AND name = 'lines'"))
                .containsExactly(List.of("id", "id, no"));
    }

    private void original(String metadata, String arguments) {
        database.executeTarget(
                "CREATE TABLE orders (id Int64, note Nullable(String), _peerdb_synced_at DateTime64(9) DEFAULT now64(), "
                        + metadata + ") ENGINE = ReplacingMergeTree(" + arguments + ") ORDER BY id");
    }

    private String finalCount() {
        return database.queryTarget("SELECT count() FROM orders FINAL").get(0).get(0);
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(PIPE), command, options);
    }
}
