package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitions and inheritance children come and go, and no row is lost or kept without a word. */
@WithServers
class RelationSetsTest {
    private static final String TABLES =
            "tables: [{source: public.events}, {source: public.animals}]\nsettings: {syncIntervalSeconds: 1}\n";
    private static final String FOREIGN = TABLES.replace("settings: {", "settings: {publicationName: leaves, ");

    private TestDatabase database;
    private String yaml;

    @BeforeEach
    void tables(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE events (id int, day int, note text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
                "CREATE TABLE events_0 PARTITION OF events FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (10) TO (20)",
                "INSERT INTO events SELECT i, i % 20, 'loaded' FROM generate_series(1, 100) i",
                "CREATE TABLE animals (id int PRIMARY KEY, note text)",
                "CREATE TABLE birds (wings int, PRIMARY KEY (id)) INHERITS (animals)",
                "INSERT INTO birds SELECT i, 'bird', 2 FROM generate_series(1, 10) i");
        yaml = database.pipeYaml(TABLES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            CREATE TABLE came (LIKE events); INSERT INTO came VALUES (500, 25, 'before'); ALTER TABLE events ATTACH PARTITION came FOR VALUES FROM (20) TO (30) | events | public.came became a partition of it
            BEGIN; CREATE TABLE came (LIKE events); INSERT INTO came VALUES (500, 25, 'before'); ALTER TABLE events ATTACH PARTITION came FOR VALUES FROM (20) TO (30); COMMIT | events | public.came became a partition of it
            CREATE TABLE came (LIKE events) PARTITION BY RANGE (day); CREATE TABLE leaf PARTITION OF came DEFAULT; INSERT INTO leaf VALUES (500, 25, 'before'); ALTER TABLE events ATTACH PARTITION came FOR VALUES FROM (20) TO (30) | events | public.leaf became a partition of it
            ALTER TABLE events DETACH PARTITION events_0                                                           | events  | public.events_0 was detached or dropped
            DROP TABLE events_0                                                                                    | events  | public.events_0 was detached or dropped
            TRUNCATE events_0                                                                                      | events  | public.events_0 was truncated
            ALTER TABLE events DETACH PARTITION events_0; DELETE FROM events_0; ALTER TABLE events ATTACH PARTITION events_0 FOR VALUES FROM (0) TO (10) | events | detached and attached again
            CREATE TABLE fish (fins int, PRIMARY KEY (id)) INHERITS (animals); INSERT INTO fish VALUES (20, 'fish', 2) | animals | public.fish became a child of it
            ALTER TABLE birds NO INHERIT animals                                                                   | animals | public.birds was detached or dropped
            """)
    void rowsThatTheStreamDoesNotTellStopTheirTable(String statements, String table, String reason) {
        run("create").assertSucceeded();
        database.executeSource(statements);

        run("sync", "--once").assertSucceeded().assertTells("public." + table + " is not followed any more", reason);

        assertThat(run("status").stdout()).contains(reason);
        run("resync").assertSucceeded();
        assertSame();
        assertThat(run("sync", "--once").assertSucceeded().stderr()).doesNotContain("WARN");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPartitionThatIsMadeIsFollowed(boolean viaRoot) {
        publish(viaRoot);
        run("create").assertSucceeded();
        database.executeSource(
                "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (20) TO (30) PARTITION BY HASH (id)",
                "CREATE TABLE events_20 PARTITION OF events_2 FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
                "INSERT INTO events VALUES (500, 25, 'in the new one'), (501, 5, 'in an old one')",
                "UPDATE events SET day = 26 WHERE id = 7",
                "ALTER TABLE events_20 RENAME TO other_name",
                "DELETE FROM events WHERE id = 500");

        assertThat(run("sync", "--once").assertSucceeded().stderr()).doesNotContain("WARN");

        assertSame();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPartitionThatIsMadeWhileSyncRunsIsFollowed(boolean viaRoot) {
        publish(viaRoot);
        run("create").assertSucceeded();
        try (EngineProcess sync = EngineProcess.start(yaml, "sync")) {
            database.executeSource("INSERT INTO events VALUES (500, 5, 'before')");
            await().until(() -> ids("events").contains(List.of("500")));
            database.executeSource(
                    "BEGIN; CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (20) TO (30);"
                            + " INSERT INTO events VALUES (501, 25, 'in the new one'); COMMIT",
                    "INSERT INTO events VALUES (502, 26, 'later')");
            await().until(() -> ids("events").contains(List.of("502")));
            sync.terminate();
            sync.awaitEnd().assertExit(130);
        }
        assertSame();
        assertThat(run("status").stdout()).doesNotContain("not followed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"VACUUM FULL events", "CLUSTER events_0 USING events_0_pkey", "TRUNCATE events"})
    void whatRewritesPartitionsAndIsToldDoesNotStopTheTable(String statement) {
        run("create").assertSucceeded();
        database.executeSource(statement, "INSERT INTO events VALUES (500, 5, 'later')");

        assertThat(run("sync", "--once").assertSucceeded().stderr()).doesNotContain("WARN");

        assertSame();
    }

    @Test
    void anAttachedPartitionWithoutRowsIsFollowed() {
        run("create").assertSucceeded();
        database.executeSource(
                "CREATE TABLE came (LIKE events)",
                "ALTER TABLE events ATTACH PARTITION came FOR VALUES FROM (20) TO (30)");

        assertThat(run("sync", "--once").assertSucceeded().stderr()).doesNotContain("WARN");
        database.executeSource("INSERT INTO events VALUES (500, 25, 'later')");
        run("sync", "--once").assertSucceeded();

        assertSame();
    }

    @Test
    void aConstantDefaultOfAPartitionedTableReachesOlderRowsThoughItIsDroppedAgain() {
        run("create").assertSucceeded();
        database.executeSource(
                "ALTER TABLE events ADD COLUMN n int DEFAULT 5",
                "ALTER TABLE events ALTER n DROP DEFAULT",
                "INSERT INTO events VALUES (500, 5, 'later', 6)");

        run("sync", "--once").assertSucceeded();

        assertThat(database.queryTarget("SELECT id, n FROM events FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, n FROM events ORDER BY id"));
    }

    /** @param viaRoot the engine's own publication; otherwise one whose changes come from the leaves */
    private void publish(boolean viaRoot) {
        if (!viaRoot) {
            database.executeSource("CREATE PUBLICATION leaves FOR TABLE events, animals, birds");
            yaml = database.pipeYaml(FOREIGN);
        }
    }

    private List<List<String>> ids(String table) {
        return database.queryTarget("SELECT id FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id");
    }

    private void assertSame() {
        for (String table : List.of("events", "animals")) {
            assertThat(database.queryTarget(
                            "SELECT id, note FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                    .as(table)
                    .isEqualTo(database.querySource("SELECT id, note FROM " + table + " ORDER BY id"));
        }
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(yaml, command, options);
    }
}
