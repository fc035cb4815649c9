package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Invariant 18: what ClickHouse refuses of one table stops this table, and the others go on. */
@WithServers
class RefusedChangesTest {
    private static final String PIPE = "tables: [{source: public.bad}, {source: public.good}]\n";

    private TestDatabase database;

    @BeforeEach
    void twoLoadedTables(TestDatabase fresh) {
        database = fresh;
        for (String table : List.of("bad", "good")) {
            database.executeSource(
                    "CREATE TABLE " + table + " (id int PRIMARY KEY, v text)",
                    "INSERT INTO " + table + " VALUES (1, 'loaded')");
        }
        run("resync").assertSucceeded();
    }

    @Test
    void aMaterializedViewThatFailsAtInsertStopsItsTableAlone() {
        database.executeTarget(
                "CREATE TABLE seen (id Int64, n Int64) ENGINE = MergeTree ORDER BY id",
                "CREATE MATERIALIZED VIEW failing TO seen AS"
                        + " SELECT id, throwIf(v = 'synced', 'not this one') AS n FROM bad");

        assertOnlyOneTableStops("not this one");
    }

    @Test
    void aViolatedConstraintStopsItsTableAlone() {
        database.executeTarget("ALTER TABLE bad ADD CONSTRAINT short CHECK v != 'synced'");

        assertOnlyOneTableStops("short");
    }

    @Test
    void aMaterializedViewWhoseTargetIsGoneStopsItsTableAlone() {
        database.executeTarget(
                "CREATE TABLE seen (id Int64) ENGINE = MergeTree ORDER BY id",
                "CREATE MATERIALIZED VIEW orphan TO seen AS SELECT id FROM bad",
                "DROP TABLE seen SYNC");

        assertOnlyOneTableStops("seen");
    }

    @Test
    void aFaultOfTheServerStopsNoTable() throws IOException {
        try (RefusingTarget door = RefusingTarget.before(database.servers().clickHousePipeUser())) {
            door.refuse(statement -> statement.contains("synced"));
            database.executeSource("INSERT INTO bad VALUES (2, 'synced')");

            EngineProcess.run(
                            database.pipeYaml(database.servers().postgresPipeUser(), door.endpoint(), PIPE),
                            "sync",
                            "--once")
                    .assertRefused(1, "privileges");
        }
        run("sync", "--once").assertSucceeded();
        assertThat(values("bad")).contains(List.of("2", "synced"));
    }

    private void assertOnlyOneTableStops(String reason) {
        database.executeSource("INSERT INTO bad VALUES (2, 'synced')", "INSERT INTO good VALUES (2, 'synced')");

        assertThat(run("sync", "--once").assertSucceeded().stderr())
                .contains("Table public.bad is not followed any more", reason, "resync --tables public.bad");

        assertThat(values("good")).contains(List.of("2", "synced"));
        assertThat(run("status").assertSucceeded().stdout()).contains("Table bad is not followed", reason);
        database.executeSource("INSERT INTO bad VALUES (3, 'later')", "INSERT INTO good VALUES (3, 'later')");
        run("sync", "--once").assertSucceeded();
        assertThat(values("good")).contains(List.of("3", "later"));
        assertThat(values("bad")).doesNotContain(List.of("3", "later"));
    }

    private List<List<String>> values(String table) {
        return database.queryTarget("SELECT id, v FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id");
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(PIPE), command, options);
    }
}
