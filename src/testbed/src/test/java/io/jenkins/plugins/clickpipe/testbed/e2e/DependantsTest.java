package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What hangs on an original: named in the plan, and what becomes of each kind when another table takes its place. */
@WithServers
class DependantsTest {
    private static final String PIPE =
            """
            tables: [{source: public.orders}]
            settings: {keepPreviousTables: 24h}
            """;
    private static final String COLUMNS = "(id Int64, note String) ENGINE = ";

    private TestDatabase database;

    @BeforeEach
    void originalWithAllThatMayHangOnIt(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text NOT NULL)",
                "INSERT INTO orders VALUES (1, 'old')");
        run("resync").assertSucceeded();
        ClickHouseEndpoint admin = database.servers().clickHouseAdmin();
        database.executeTarget(
                "CREATE TABLE seen " + COLUMNS + "MergeTree ORDER BY id",
                "CREATE MATERIALIZED VIEW reading TO seen AS SELECT id, note FROM orders",
                "CREATE TABLE feed (id Int64, note String, _peerdb_version UInt64) ENGINE = Null",
                "CREATE MATERIALIZED VIEW writing TO orders AS SELECT id, note, _peerdb_version FROM feed",
                "CREATE TABLE joined " + COLUMNS + "MergeTree ORDER BY id",
                "CREATE MATERIALIZED VIEW joining TO joined AS SELECT f.id AS id, o.note AS note"
                        + " FROM feed f JOIN orders o ON o.id = f.id",
                "CREATE VIEW live AS SELECT id, note FROM orders FINAL WHERE _peerdb_is_deleted = 0",
                """
                CREATE DICTIONARY looked_up (id Int64, note String) PRIMARY KEY id
                SOURCE(CLICKHOUSE(TABLE 'orders' DB '%s' USER '%s' PASSWORD '%s')) LIFETIME(0) LAYOUT(FLAT())"""
                        .formatted(database.name(), admin.user(), admin.password()),
                "CREATE TABLE buffer AS orders ENGINE = Buffer(currentDatabase(), orders, 1, 1000, 1000, 100000, 100000,"
                        + " 100000000, 100000000)",
                "CREATE TABLE exact " + COLUMNS + "Merge(currentDatabase(), '^orders$')",
                "CREATE TABLE loose " + COLUMNS + "Merge(currentDatabase(), '^orders')",
                "CREATE TABLE apart " + COLUMNS + "MergeTree ORDER BY id",
                "CREATE VIEW apart_view AS SELECT * FROM apart");
    }

    @Test
    void thePlanNamesEachAndWhatTheSwapMeansForIt() {
        String plan = run("plan").assertSucceeded().stdout();

        String name = database.name();
        assertThat(plan)
                .contains(
                        "materialized view " + name + ".reading reads it",
                        "do not pass through it",
                        "materialized view " + name + ".writing writes into it",
                        "materialized view " + name + ".joining looks into it",
                        "view " + name + ".live reads it",
                        "dictionary " + name + ".looked_up reads it",
                        "Buffer table " + name + ".buffer",
                        "Merge table " + name + ".exact reads it",
                        "Merge table " + name + ".loose",
                        "its pattern also takes in orders_resync and orders_clickpipe_previous_")
                .doesNotContain("apart");
    }

    @Test
    void eachWorksOnTheTableThatHasTheNameAfterSwapAndRollback() {
        database.executeTarget(
                "SYSTEM RELOAD DICTIONARY looked_up",
                "INSERT INTO buffer (id, note) VALUES (50, 'buffered before the swap')");
        database.executeSource("UPDATE orders SET note = 'new'");

        run("resync").assertSucceeded();

        assertThat(seen()).as("the load does not pass through it").isEmpty();
        assertThat(database.queryTarget("SELECT id, note FROM live")).containsExactly(List.of("1", "new"));
        assertThat(database.queryTarget("SELECT note FROM exact WHERE id = 1")).containsExactly(List.of("new"));
        assertThat(database.queryTarget("SELECT note FROM loose WHERE id = 1 ORDER BY note"))
                .as("its pattern takes in the previous table")
                .containsExactly(List.of("new"), List.of("old"));
        assertThat(lookedUp()).as("until it is loaded again").isEqualTo("old");
        database.executeTarget("SYSTEM RELOAD DICTIONARY looked_up");
        assertThat(lookedUp()).isEqualTo("new");
        database.executeTarget("OPTIMIZE TABLE buffer");
        assertThat(database.queryTarget("SELECT note FROM orders WHERE id = 50"))
                .as("flushed into the new table")
                .containsExactly(List.of("buffered before the swap"));

        database.executeSource("INSERT INTO orders VALUES (2, 'synced')");
        run("sync", "--once").assertSucceeded();
        assertThat(seen()).contains("synced");
        database.executeTarget("INSERT INTO feed VALUES (1, 'fed', 1)", "INSERT INTO feed VALUES (77, 'fed', 1)");
        assertThat(database.queryTarget("SELECT note FROM orders WHERE id = 77"))
                .containsExactly(List.of("fed"));
        assertThat(database.queryTarget("SELECT DISTINCT note FROM joined WHERE id = 1 AND note = 'new'"))
                .as("it looks into the new table")
                .hasSize(1);

        run("rollback").assertSucceeded();
        assertThat(database.queryTarget("SELECT id, note FROM live")).containsExactly(List.of("1", "old"));
        database.executeTarget("SYSTEM RELOAD DICTIONARY looked_up");
        assertThat(lookedUp()).isEqualTo("old");
        database.executeTarget("INSERT INTO feed VALUES (78, 'after the rollback', 1)");
        assertThat(database.queryTarget("SELECT note FROM orders WHERE id = 78"))
                .hasSize(1);
        assertThat(seen()).contains("after the rollback");
    }

    private List<String> seen() {
        List<String> notes = new ArrayList<>();
        database.queryTarget("SELECT note FROM seen").forEach(row -> notes.add(row.get(0)));
        return notes;
    }

    private String lookedUp() {
        return database.queryTarget("SELECT dictGet(currentDatabase() || '.looked_up', 'note', toUInt64(1))")
                .get(0)
                .get(0);
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(PIPE), command, options);
    }
}
