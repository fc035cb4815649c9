package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithServers
class ResyncTest {
    private static final String TABLES =
            """
            tables: [{source: public.orders}]
            settings: {initialLoadParallelism: 2, snapshotNumRowsPerPartition: 1000}
            """;

    private TestDatabase database;
    private Footprint footprint;

    @BeforeEach
    void orders(TestDatabase fresh) {
        database = fresh;
        footprint = new Footprint(fresh);
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, tenant int NOT NULL, amount numeric(10, 2), note text)",
                """
                INSERT INTO orders
                SELECT i, i % 7, CASE WHEN i % 5 = 0 THEN NULL ELSE i / 100.0 END, repeat('n', i % 20)
                  FROM generate_series(1, 10000) i""",
                "ANALYZE orders");
    }

    @Test
    void theFirstResyncMakesThePipeAndItsTables() {
        EngineRun run = resync(TABLES).assertSucceeded();

        assertThat(run.phases()).containsSubsequence("Setup", "Snapshot", "Verification", "Resync", "Running");
        assertSameRows("id, tenant, amount, note", "toString(amount)");
        assertThat(database.queryTarget("SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND"
                        + " name = 'orders'"))
                .first()
                .asString()
                .contains("ReplacingMergeTree(_peerdb_version)", "ORDER BY id");
        assertThat(footprint.slots()).singleElement().asString().startsWith("clickpipe_" + database.name());
        assertThat(footprint.resyncTables()).isEmpty();
        footprint.assertNothingRuns();
        run.assertKeepsSecret(
                database.servers().postgresPipeUser().password(),
                database.servers().clickHousePipeUser().password());
    }

    @Test
    void aResyncReplacesSlotAndContent() {
        resync(TABLES).assertSucceeded();
        String firstSlot = footprint.slots().get(0);
        String firstUuid = uuid();
        // what the destination has and the source does not is gone afterwards
        database.executeTarget("INSERT INTO orders (id, tenant, note, _peerdb_version) VALUES (-1, 1, 'stray', 1)");
        database.executeSource("UPDATE orders SET note = 'changed' WHERE id <= 100", "DELETE FROM orders WHERE id = 9");

        resync(TABLES).assertSucceeded();

        assertSameRows("id, tenant, amount, note", "toString(amount)");
        assertThat(footprint.slots()).hasSize(1).doesNotContain(firstSlot);
        assertThat(uuid()).isNotEqualTo(firstUuid);
        assertThat(footprint.resyncTables()).isEmpty();
    }

    @Test
    void settingsAreRetainedAndDifferencesAreShown() {
        resync(TABLES).assertSucceeded();

        assertThat(resync(TABLES).assertSucceeded().stderr()).containsIgnoringCase("settings of the pipe are retained");
        EngineRun changed = resync(TABLES.replace("1000", "2000")).assertSucceeded();
        assertThat(changed.stderr())
                .contains("snapshotNumRowsPerPartition", "1000 -> 2000")
                .doesNotContain("initialLoadParallelism:");
    }

    @Test
    void structureIsReadAgain() {
        resync(TABLES).assertSucceeded();
        database.executeSource(
                "ALTER TABLE orders ADD COLUMN placed date DEFAULT '2024-05-06'",
                "ALTER TABLE orders DROP COLUMN note",
                "ALTER TABLE orders ALTER COLUMN tenant TYPE text USING 't' || tenant");

        resync(TABLES).assertSucceeded();

        assertThat(
                        database.queryTarget(
                                """
                                SELECT name, type FROM system.columns
                                 WHERE database = currentDatabase() AND table = 'orders' AND name NOT LIKE '\\\\_%'
                                 ORDER BY position"""))
                .containsExactly(
                        List.of("id", "Int64"),
                        List.of("tenant", "String"),
                        List.of("amount", "Nullable(Decimal(10, 2))"),
                        List.of("placed", "Nullable(Date32)"));
        assertSameRows("id, tenant, amount, placed", "toString(amount)");
    }

    @Test
    void orderByIsChangedByAResync() {
        resync(TABLES).assertSucceeded();

        resync(TABLES.replace("{source: public.orders}", "{source: public.orders, sortingKeys: [tenant, id]}"))
                .assertSucceeded();

        assertThat(database.queryTarget("SELECT sorting_key, engine FROM system.tables WHERE database ="
                        + " currentDatabase() AND name = 'orders'"))
                .containsExactly(List.of("tenant, id", "ReplacingMergeTree"));
        assertSameRows("id, tenant, amount, note", "toString(amount)");
    }

    @Test
    void aTableOfClickPipesOwnMakingIsResyncedToo() {
        database.executeTarget(
                """
                CREATE TABLE orders (id Int64, tenant Int32, amount Nullable(String), note Nullable(String),
                    _peerdb_synced_at DateTime64(9) DEFAULT now64(), _peerdb_is_deleted UInt8, _peerdb_version UInt64)
                ENGINE = ReplacingMergeTree(_peerdb_version) PRIMARY KEY id ORDER BY id""",
                "INSERT INTO orders (id, tenant, _peerdb_version) VALUES (1, 99, 1700000000000000000)");

        resync(TABLES).assertSucceeded();

        assertSameRows("id, tenant, amount, note", "toString(amount)");
    }

    @Test
    void whatUsersAddedToATableIsCarriedOver() {
        resync(TABLES).assertSucceeded();
        database.executeTarget(
                "ALTER TABLE orders ADD INDEX by_note note TYPE bloom_filter GRANULARITY 2",
                "ALTER TABLE orders MODIFY COLUMN note CODEC(ZSTD(3))",
                "ALTER TABLE orders COMMENT COLUMN tenant 'who pays'",
                "ALTER TABLE orders MODIFY TTL toDateTime(_peerdb_synced_at) + INTERVAL 10 YEAR",
                "ALTER TABLE orders MODIFY SETTING merge_with_ttl_timeout = 7200");

        resync(TABLES).assertSucceeded();

        String ddl = database.queryTarget("SHOW CREATE TABLE orders").get(0).get(0);
        assertThat(ddl)
                .contains(
                        "INDEX by_note note TYPE bloom_filter",
                        "GRANULARITY 2",
                        "CODEC(ZSTD(3))",
                        "COMMENT 'who pays'",
                        "TTL toDateTime(_peerdb_synced_at) + toIntervalYear(10)",
                        "merge_with_ttl_timeout = 7200");
    }

    @Test
    void aLeftoverResyncTableOfOursIsReplaced() {
        resync(TABLES).assertSucceeded();
        String comment = database.queryTarget(
                        "SELECT comment FROM system.tables WHERE database = currentDatabase() AND name = 'orders'")
                .get(0)
                .get(0);
        database.executeTarget(
                "CREATE TABLE orders_resync (wrong Int8) ENGINE = MergeTree ORDER BY wrong COMMENT '" + comment + "'");

        resync(TABLES).assertSucceeded();

        assertThat(footprint.resyncTables()).isEmpty();
        assertSameRows("id, tenant, amount, note", "toString(amount)");
    }

    @Test
    void aResyncTableOfSomebodyElsesIsNeverReplaced() {
        resync(TABLES).assertSucceeded();
        String slot = footprint.slots().get(0);
        database.executeTarget(
                "CREATE TABLE orders_resync (precious Int8) ENGINE = MergeTree ORDER BY precious",
                "INSERT INTO orders_resync VALUES (42)");

        resync(TABLES).assertRefused(1, "orders_resync", "not");

        assertThat(database.queryTarget("SELECT * FROM orders_resync")).containsExactly(List.of("42"));
        assertThat(footprint.slots()).as("the old pipe goes on").containsExactly(slot);
        assertSameRows("id, tenant, amount, note", "toString(amount)");
    }

    private EngineRun resync(String tablesAndSettings) {
        return EngineProcess.run(database.pipeYaml(tablesAndSettings), "resync");
    }

    private String uuid() {
        return database.queryTarget(
                        "SELECT uuid FROM system.tables WHERE database = currentDatabase() AND name = 'orders'")
                .get(0)
                .get(0);
    }

    /** Plain rows without FINAL: nothing stands twice. */
    private void assertSameRows(String columns, String trailingZerosOff) {
        String inTarget = columns.replace("amount", trailingZerosOff);
        String inSource = columns.replace("amount", "trim_scale(amount)");
        assertThat(database.queryTarget("SELECT " + inTarget + " FROM orders WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(database.querySource("SELECT " + inSource + " FROM orders ORDER BY id"));
    }
}
