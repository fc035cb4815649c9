package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands that look and change nothing. */
@WithServers
class PlanTest {
    private static final String TABLES = "tables: [{source: public.orders}]\n";

    private TestDatabase database;
    private List<List<String>> before;

    @BeforeEach
    void orders(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'x' FROM generate_series(1, 5000) i",
                "ANALYZE orders");
        database.executeTarget(
                """
                CREATE TABLE orders (id Int64, old_column String, _peerdb_synced_at DateTime64(9) DEFAULT now64(),
                    _peerdb_is_deleted UInt8, _peerdb_version UInt64)
                ENGINE = ReplacingMergeTree(_peerdb_version) ORDER BY id""",
                "CREATE TABLE daily (day Date, n UInt64) ENGINE = SummingMergeTree ORDER BY day",
                "CREATE MATERIALIZED VIEW to_daily TO daily AS SELECT today() AS day, count() AS n FROM orders");
        before = state();
    }

    @AfterEach
    void nothingWasChanged() {
        assertThat(state()).isEqualTo(before);
        Footprint footprint = new Footprint(database);
        footprint.assertNothingLeft();
        assertThat(footprint.publications()).isEmpty();
    }

    @Test
    void checkSaysThatNothingStandsAgainstAResync() {
        EngineRun run = EngineProcess.run(database.pipeYaml(TABLES), "check").assertSucceeded();

        assertThat(run.output()).contains("wal_level", "ClickHouse", "Nothing stands against a resync");
    }

    @Test
    void checkNamesEveryFaultAtOnceAndFails() {
        database.executeSource("CREATE TABLE keyless (a int)");

        EngineRun run = EngineProcess.run(
                        database.pipeYaml("tables: [{source: public.keyless}, {source: public.nowhere}]\n"), "check")
                .assertExit(1);

        assertThat(run.output()).contains("public.keyless", "public.nowhere", "2 faults");
    }

    @Test
    void planTellsTablesStructuresAndMaterializedViews() {
        EngineRun run = EngineProcess.run(database.pipeYaml(TABLES), "plan").assertSucceeded();

        assertThat(run.stdout())
                .contains(
                        "public.orders",
                        "5",
                        "binary",
                        "orders_resync",
                        "CREATE TABLE",
                        "note",
                        "old_column",
                        "to_daily");
    }

    @Test
    void statusOfAPipeThatIsNotThereSaysSo() {
        EngineRun run = EngineProcess.run(database.pipeYaml(TABLES), "status").assertSucceeded();

        assertThat(run.stdout()).contains(database.name(), "Not created");
    }

    private List<List<String>> state() {
        return database.queryTarget(
                "SELECT name, uuid, create_table_query FROM system.tables WHERE database = currentDatabase() ORDER BY name");
    }
}
