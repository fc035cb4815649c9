package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a Running pipe does when its source tables are altered. */
@WithServers
class SchemaChangesTest {
    private static final String TABLES = "tables: [{source: public.*}]\nsettings: {syncIntervalSeconds: 1}\n";

    private TestDatabase database;

    @BeforeEach
    void runningPipe(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE items (id int PRIMARY KEY, note text, amount int NOT NULL)",
                "CREATE TABLE others (id int PRIMARY KEY, note text)",
                "INSERT INTO items SELECT i, 'loaded', i FROM generate_series(1, 10) i",
                "INSERT INTO others SELECT i, 'loaded' FROM generate_series(1, 10) i");
        run("resync").assertSucceeded();
    }

    @Test
    void anAddedColumnArrivesWithItsDefaultInRowsBeforeAndAfterIt() {
        database.executeSource(
                "INSERT INTO items VALUES (11, 'before', 11)",
                "ALTER TABLE items ADD COLUMN grade int DEFAULT 7, ADD COLUMN remark text,"
                        + " ADD COLUMN word text NOT NULL DEFAULT E'it''s\\ta \\\\ \"quote\"',"
                        + " ADD COLUMN list int[] DEFAULT '{1,NULL,3}', ADD COLUMN at timestamptz DEFAULT '2024-02-03 04:05:06.5+00',"
                        + " ADD COLUMN price numeric(10,2) DEFAULT 1.5, ADD COLUMN flag boolean DEFAULT true",
                "INSERT INTO items (id, note, amount, grade, remark) VALUES (12, 'after', 12, 9, 'said')",
                "UPDATE items SET remark = 'touched' WHERE id = 1");

        run("sync", "--once").assertSucceeded();

        assertThat(items("id, note, amount, grade, remark, word, list, price, flag"))
                .hasSize(12)
                .isEqualTo(database.querySource(
                        "SELECT id, note, amount, grade, remark, word, translate(list::text, '{}', '[]'),"
                                + " price::numeric(10,1), flag::text FROM items ORDER BY id"));
        assertThat(database.queryTarget(
                        "SELECT DISTINCT toUnixTimestamp64Milli(at) FROM items FINAL WHERE _peerdb_is_deleted = 0"))
                .containsExactly(List.of("1706933106500"));
        run("sync", "--once").assertSucceeded();
        assertThat(run("resync").assertSucceeded().stderr()).doesNotContain("WARN");
    }

    @Test
    void aColumnThatIsAddedWhileSyncRunsIsFollowedWithoutARestart() {
        try (EngineProcess sync = EngineProcess.start(database.pipeYaml(TABLES), "sync")) {
            database.executeSource("INSERT INTO items VALUES (11, 'before', 11)");
            awaitItem(11);
            database.executeSource(
                    "ALTER TABLE items ADD COLUMN grade int DEFAULT 7",
                    "INSERT INTO items (id, note, amount) VALUES (12, 'after', 12)");
            awaitItem(12);
            sync.terminate();
            sync.awaitEnd().assertExit(130);
        }

        assertThat(items("id, note, amount, grade"))
                .isEqualTo(database.querySource("SELECT id, note, amount, grade FROM items ORDER BY id"));
    }

    @Test
    void aColumnAddedWithinALargeTransactionKeepsItExactlyOnce() {
        database.executeSource("DO $$BEGIN"
                + " INSERT INTO items SELECT i, 'first', i FROM generate_series(100, 349) i;"
                + " ALTER TABLE items ADD COLUMN grade int DEFAULT 7;"
                + " INSERT INTO items SELECT i, 'then', i, 8 FROM generate_series(350, 599) i; END$$");

        run("sync", "--once", "--set", "pullBatchSize=100").assertSucceeded();

        assertThat(items("id, note, amount, grade"))
                .isEqualTo(database.querySource("SELECT id, note, amount, grade FROM items ORDER BY id"));
    }

    @Test
    void aDroppedColumnKeepsItsDataAndLaterRowsHaveNone() {
        database.executeSource(
                "INSERT INTO items VALUES (11, 'before', 11)",
                "ALTER TABLE items DROP COLUMN note",
                "INSERT INTO items VALUES (12, 12)");

        EngineRun sync = run("sync", "--once").assertSucceeded();

        assertThat(sync.stderr()).contains("note").contains("dropped");
        assertThat(database.queryTarget("SELECT id, note FROM items FINAL WHERE id IN (1, 12) ORDER BY id"))
                .containsExactly(List.of("1", "loaded"), Arrays.asList("12", null));
        assertThat(items("id, amount")).isEqualTo(database.querySource("SELECT id, amount FROM items ORDER BY id"));
    }

    @Test
    void aRenamedColumnStopsItsTableAloneUntilAResync() {
        stopsItsTableAlone("ALTER TABLE items RENAME COLUMN note TO remark", "renamed to remark");
    }

    @Test
    void aRetypedColumnStopsItsTableAlone() {
        stopsItsTableAlone("ALTER TABLE items ALTER COLUMN amount TYPE bigint", "another type");
    }

    @Test
    void aChangedKeyStopsItsTableAlone() {
        stopsItsTableAlone(
                "ALTER TABLE items DROP CONSTRAINT items_pkey, ADD PRIMARY KEY (amount, id)",
                "key or replica identity");
    }

    @Test
    void aColumnWhoseOldRowsTheStreamDoesNotTellStopsItsTableAlone() {
        stopsItsTableAlone("ALTER TABLE items ADD COLUMN seen float8 DEFAULT random()", "seen");
    }

    @Test
    void aDroppedTableIsSaidAndTheOthersGoOn() {
        database.executeSource("DROP TABLE items", "INSERT INTO others VALUES (11, 'later')");

        run("sync", "--once").assertSucceeded();

        assertThat(database.queryTarget("SELECT count() FROM items FINAL")).containsExactly(List.of("10"));
        assertThat(database.queryTarget("SELECT count() FROM others FINAL")).containsExactly(List.of("11"));
        assertThat(run("status").assertSucceeded().output()).contains("items").contains("dropped");
    }

    @Test
    void aColumnThatIsExcludedNoMoreIsNamedUntilItIsLoaded() {
        String without = "tables: [{source: public.items, excludedColumns: [note]}, {source: public.others}]\n";
        EngineProcess.run(database.pipeYaml(without), "resync").assertSucceeded();
        database.executeSource("INSERT INTO items VALUES (11, 'new', 11)");

        run("sync", "--once").assertSucceeded().assertTells("loaded without note", "resync --tables public.items");

        assertThat(items("id")).hasSize(11);
    }

    private void stopsItsTableAlone(String alter, String reason) {
        database.executeSource(
                alter, "INSERT INTO items (id, amount) VALUES (11, 11)", "INSERT INTO others VALUES (11, 'later')");

        EngineRun sync = run("sync", "--once").assertSucceeded();

        assertThat(sync.stderr()).contains("public.items").contains(reason).contains("resync");
        assertThat(database.queryTarget("SELECT count() FROM items FINAL")).containsExactly(List.of("10"));
        assertThat(database.queryTarget("SELECT count() FROM others FINAL")).containsExactly(List.of("11"));
        assertThat(run("status").assertSucceeded().output()).contains(reason);
        run("resync").assertSucceeded();
        assertThat(items("id, amount")).isEqualTo(database.querySource("SELECT id, amount FROM items ORDER BY id"));
        assertThat(run("status").assertSucceeded().output()).doesNotContain(reason);
    }

    @Test
    void whatThePipeFileSaysOtherwiseSinceTheLoadIsToldAndWaitsForAResync() {
        String other = database.pipeYaml(
                "tables: [{source: public.items, tableEngine: MergeTree, sortingKeys: [note, id], partitionBy: note},"
                        + " {source: public.others}]\n");
        database.executeSource("UPDATE items SET amount = 100 WHERE id = 1", "DELETE FROM items WHERE id = 2");

        EngineRun sync = EngineProcess.run(other, "sync", "--once").assertSucceeded();

        String told = "tableEngine MergeTree instead of ReplacingMergeTree, sortingKeys note, id instead of id,"
                + " partitionBy note instead of nothing";
        assertThat(sync.stderr()).contains(told, "until resync --tables public.items");
        String changed = "Changed in the pipe file since the last resync: ";
        assertThat(EngineProcess.run(other, "status").assertSucceeded().stdout())
                .contains(
                        changed + "tables[public.items]: none -> sortingKeys note, id, tableEngine MergeTree,"
                                + " partitionBy note",
                        changed + "settings.syncIntervalSeconds: 1 -> 60");
        assertThat(run("status").assertSucceeded().stdout()).doesNotContain(changed);
        assertThat(items("id, amount")).isEqualTo(database.querySource("SELECT id, amount FROM items ORDER BY id"));
    }

    private void awaitItem(int id) {
        await().until(() ->
                !database.queryTarget("SELECT 1 FROM items WHERE id = " + id).isEmpty());
    }

    private List<List<String>> items(String columns) {
        return database.queryTarget("SELECT " + columns + " FROM items FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id");
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(TABLES), command, options);
    }
}
