package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A source table is known by what it is, not by its name. */
@WithServers
class ReplacedTablesTest {
    private static final String TABLES = "tables: [{source: public.*}]\nsettings: {syncIntervalSeconds: 1}\n";

    private TestDatabase database;

    @BeforeEach
    void runningPipe(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE items (id int PRIMARY KEY, note text)",
                "CREATE TABLE others (id int PRIMARY KEY, note text)",
                "INSERT INTO items SELECT i, 'loaded' FROM generate_series(1, 10) i",
                "INSERT INTO others SELECT i, 'loaded' FROM generate_series(1, 10) i");
        run(TABLES, "resync").assertSucceeded();
    }

    @Test
    void aTableThatWasDroppedAndMadeAnewStops() {
        database.executeSource(
                "DROP TABLE items",
                "CREATE TABLE items (id int PRIMARY KEY, note text)",
                "INSERT INTO items VALUES (1, 'new')",
                "INSERT INTO others VALUES (11, 'later')");

        run(TABLES, "sync", "--once")
                .assertSucceeded()
                .assertTells("public.items is not followed any more", "the source has another table of that name now");

        assertThat(count("others")).isEqualTo("11");
        assertThat(run(TABLES, "status").stdout()).contains("another table of that name");
        run(TABLES, "resync", "--tables", "public.items").assertSucceeded();
        database.executeSource("INSERT INTO items VALUES (2, 'followed')");
        run(TABLES, "sync", "--once").assertSucceeded();
        assertSame("items");
    }

    @Test
    void aStagingTableRenamedIntoPlaceStops() {
        database.executeSource(
                "CREATE TABLE staging (LIKE items INCLUDING ALL)",
                "INSERT INTO staging VALUES (1, 'staged')",
                "BEGIN; ALTER TABLE items RENAME TO items_old; ALTER TABLE staging RENAME TO items; COMMIT");

        run(TABLES, "sync", "--once")
                .assertSucceeded()
                .assertTells("public.items is not followed any more", "another table of that name");
    }

    @Test
    void aTableThatIsReplacedWhileSyncRunsStops() {
        try (EngineProcess sync = EngineProcess.start(database.pipeYaml(TABLES), "sync")) {
            database.executeSource("INSERT INTO items VALUES (11, 'before')");
            await().until(() -> count("items").equals("11"));
            database.executeSource("DROP TABLE items; CREATE TABLE items (id int PRIMARY KEY, note text);"
                    + " INSERT INTO items VALUES (1, 'new')");
            await().until(() -> run(TABLES, "status").stdout().contains("another table of that name"));
            sync.terminate();
            sync.awaitEnd().assertExit(130);
        }
    }

    @Test
    void anotherTargetInThePipeFileWaitsForAResyncAndChangesGoOnIntoTheOldOne() {
        String edited = "tables: [{source: public.items, target: goods}, {source: public.others}]\n";
        database.executeSource("INSERT INTO items VALUES (11, 'later')");

        run(edited, "sync", "--once")
                .assertSucceeded()
                .assertTells("target goods instead of items", "until resync --tables public.items");

        assertSame("items");
        run(edited, "resync", "--tables", "public.others").assertSucceeded();
        database.executeSource("INSERT INTO items VALUES (12, 'later')");
        run(edited, "sync", "--once").assertSucceeded();
        assertSame("items");
        assertThat(run(edited, "status").stdout()).doesNotContain("not followed");

        run(edited, "resync", "--tables", "public.items").assertSucceeded();
        database.executeSource("INSERT INTO items VALUES (13, 'new')");
        EngineRun sync = run(edited, "sync", "--once").assertSucceeded();
        assertThat(sync.stderr()).doesNotContain("not followed").contains("no longer has items");
        assertThat(count("goods")).isEqualTo("13");
        assertThat(count("items")).isEqualTo("12");
    }

    @Test
    void targetsThatChangePlacesInThePipeFileDoNotMixRows() {
        String edited = "tables: [{source: public.items, target: others}, {source: public.others, target: items}]\n";
        database.executeSource("INSERT INTO items VALUES (11, 'of items')", "DELETE FROM others WHERE id = 1");

        run(edited, "sync", "--once").assertSucceeded();

        assertSame("items");
        assertSame("others");
    }

    @Test
    void anotherSourceInThePipeFileStopsTheDestinationUntilAResync() {
        String edited = "tables: [{source: public.others, target: items}]\n";
        database.executeSource("INSERT INTO others VALUES (11, 'of others')");
        run("tables: [{source: public.items}]\n", "sync", "--once").assertSucceeded();

        run(edited, "sync", "--once").assertSucceeded().assertTells("it was loaded from public.items");

        assertThat(count("items")).isEqualTo("10");
    }

    @Test
    void aRenamedTableGoesOnUnderItsNewNameInThePipeFile() {
        database.executeSource("ALTER TABLE items RENAME TO goods", "INSERT INTO goods VALUES (11, 'later')");
        String edited = "tables: [{source: public.goods, target: items}, {source: public.others}]\n";

        assertThat(run(edited, "sync", "--once").assertSucceeded().stderr()).doesNotContain("WARN");

        assertThat(count("items")).isEqualTo("11");
    }

    private void assertSame(String table) {
        assertThat(database.queryTarget(
                        "SELECT id, note FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, note FROM " + table + " ORDER BY id"));
    }

    private String count(String table) {
        List<List<String>> rows =
                database.queryTarget("SELECT count() FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0");
        return rows.get(0).get(0);
    }

    private EngineRun run(String tables, String command, String... options) {
        return EngineProcess.run(database.pipeYaml(tables), command, options);
    }
}
