package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Invariant 10: what users have added to an original is there again after a resync, or is named. */
@WithServers
class CarriedOverTest {
    private static final String PIPE = "tables: [{source: public.orders}]\n";
    private static final String WITHOUT_NOTE =
            "tables: [{source: public.orders, excludedColumns: [note]}]\nsettings: {allowNullableColumns: false}\n";

    private TestDatabase database;

    @BeforeEach
    void loadedTable(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id int PRIMARY KEY, note text NOT NULL, made timestamp NOT NULL)",
                "INSERT INTO orders SELECT i, 'n' || i, now() - i * interval '1 day' FROM generate_series(1, 100) i");
        run(PIPE, "resync").assertSucceeded();
    }

    @Test
    void aTtlDoesNotMakeAResyncFailByItsOwnCount() {
        database.executeTarget(
                "ALTER TABLE orders MODIFY TTL toDateTime(made) + INTERVAL 10 DAY"
                        + " SETTINGS materialize_ttl_after_modify = 0",
                "ALTER TABLE orders MODIFY COLUMN note TTL toDateTime(made) + INTERVAL 5 DAY"
                        + " SETTINGS materialize_ttl_after_modify = 0",
                "ALTER TABLE orders MODIFY SETTING merge_with_ttl_timeout = 0");

        run(PIPE, "resync").assertSucceeded();
        run(PIPE, "resync").assertSucceeded();

        assertThat(create())
                .contains("TTL toDateTime(made) + toIntervalDay(10)", "TTL toDateTime(made) + toIntervalDay(5)");
    }

    @Test
    void columnsThatComputeTheirValuesAndConstraintsAreThereAgain() {
        database.executeTarget(
                "ALTER TABLE orders ADD COLUMN long_note String MATERIALIZED concat(note, '-', note)",
                "ALTER TABLE orders ADD COLUMN upper_note String ALIAS upper(note) COMMENT 'for ''reports'''",
                "ALTER TABLE orders ADD COLUMN tag String DEFAULT 'none'",
                "ALTER TABLE orders ADD COLUMN raw String EPHEMERAL",
                "ALTER TABLE orders ADD CONSTRAINT positive CHECK id > 0",
                "ALTER TABLE orders MODIFY COMMENT 'ours, (really)'",
                "ALTER TABLE orders MODIFY COLUMN note CODEC(ZSTD(3))");

        EngineRun plan = run(PIPE, "plan").assertSucceeded();
        EngineRun resync = run(PIPE, "resync").assertSucceeded();

        assertThat(plan.stdout()).contains("carried over: column `long_note`", "carried over: CONSTRAINT positive");
        assertThat(resync.stderr()).doesNotContain("not carried over");
        assertThat(database.queryTarget("SELECT long_note, upper_note, tag FROM orders WHERE id = 7"))
                .containsExactly(List.of("n7-n7", "N7", "none"));
        assertThat(create()).contains("EPHEMERAL", "CONSTRAINT positive CHECK id > 0", "ZSTD(3)", "ours, (really)");
        database.executeSource("INSERT INTO orders VALUES (200, 'new', now())");
        run(PIPE, "sync", "--once").assertSucceeded();
        assertThat(database.queryTarget("SELECT long_note FROM orders WHERE id = 200"))
                .containsExactly(List.of("new-new"));
    }

    @Test
    void whatDoesNotApplyAnyMoreIsNamedInCheckPlanAndLog() {
        database.executeTarget(
                "ALTER TABLE orders ADD COLUMN long_note String MATERIALIZED concat(note, '-', note)",
                "ALTER TABLE orders ADD COLUMN by_hand String",
                "ALTER TABLE orders ADD CONSTRAINT noted CHECK note != ''");

        String check = run(WITHOUT_NOTE, "check").assertSucceeded().stdout();
        String plan = run(WITHOUT_NOTE, "plan").assertSucceeded().stdout();
        String log = run(WITHOUT_NOTE, "resync").assertSucceeded().stderr();

        assertThat(check).contains("long_note", "by_hand", "CONSTRAINT noted");
        assertThat(plan).contains("by_hand");
        assertThat(log).contains("long_note", "by_hand", "CONSTRAINT noted", "not carried over");
    }

    @Test
    void aViewThatReadsAColumnWhichGoesIsNamedBeforeAnythingIsChanged() {
        database.executeTarget(
                "CREATE TABLE seen (id Int32, note String) ENGINE = MergeTree ORDER BY id",
                "CREATE MATERIALIZED VIEW reading TO seen AS SELECT o.id AS id, o.note AS note FROM orders AS o",
                "CREATE VIEW harmless AS SELECT id FROM orders FINAL WHERE _peerdb_is_deleted = 0");
        List<List<String>> slots = database.querySource("SELECT slot_name FROM pg_replication_slots");

        run(WITHOUT_NOTE, "resync").assertRefused(1, "materialized view", "reading", "column note", "orders");
        assertThat(run(WITHOUT_NOTE, "check").stdout())
                .contains("reading", "column note")
                .doesNotContain("harmless");

        assertThat(database.querySource("SELECT slot_name FROM pg_replication_slots"))
                .as("nothing is dropped")
                .isEqualTo(slots);
        database.executeTarget("DROP TABLE reading SYNC");
        run(WITHOUT_NOTE, "resync").assertSucceeded();
    }

    @Test
    void aViewThatCannotBeTriedBeforeIsTriedBeforeTheSwap() {
        database.executeTarget("CREATE VIEW early AS SELECT id, note FROM orders PREWHERE id > 0 WHERE note != ''");

        run(WITHOUT_NOTE, "resync").assertRefused(1, "early", "orders");

        assertThat(database.queryTarget("SELECT count() FROM early")).containsExactly(List.of("100"));
    }

    @Test
    void aDictionaryThatReadsAColumnWhichGoesIsNamedBeforeAnythingIsChanged() {
        ClickHouseEndpoint admin = database.servers().clickHouseAdmin();
        database.executeTarget(
                """
                CREATE DICTIONARY looked_up (id Int64, note String) PRIMARY KEY id
                SOURCE(CLICKHOUSE(TABLE 'orders' DB '%s' USER '%s' PASSWORD '%s')) LIFETIME(0) LAYOUT(FLAT())"""
                        .formatted(database.name(), admin.user(), admin.password()));

        run(WITHOUT_NOTE, "resync").assertRefused(1, "dictionary", "looked_up reads note of orders");
    }

    private String create() {
        return database.queryTarget("SHOW CREATE TABLE orders").get(0).get(0);
    }

    private EngineRun run(String pipe, String command, String... options) {
        return EngineProcess.run(database.pipeYaml(pipe), command, options);
    }
}
