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

/** What a Running pipe does when older rows change on the source and the WAL does not tell. */
@WithServers
class RewrittenTablesTest {
    private static final String TABLES =
            """
            tables: [{source: public.items, excludedColumns: [hidden]}, {source: public.others}]
            settings: {syncIntervalSeconds: 1}
            """;

    private TestDatabase database;

    @BeforeEach
    void runningPipe(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')",
                "CREATE TYPE place AS (street text, number int)",
                "CREATE DOMAIN feeling AS mood",
                "CREATE TABLE items (id int PRIMARY KEY, word varchar(10), at timestamp, code char(3),"
                        + " mood mood, place place, amount int NOT NULL, hidden int)",
                "CREATE TABLE others (id int PRIMARY KEY, feeling feeling, moods mood[])",
                "INSERT INTO items SELECT i, 'word-' || i, '2024-01-01 00:00:00.5', 'abc', 'ok', ('(Main,' || i || ')')::place, i, i"
                        + " FROM generate_series(1, 10) i",
                "INSERT INTO others SELECT i, 'sad', '{sad,ok}' FROM generate_series(1, 10) i");
        run("resync").assertSucceeded();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ALTER TABLE items ADD COLUMN u uuid DEFAULT gen_random_uuid(); ALTER TABLE items ALTER u DROP DEFAULT | column u came and the table was rewritten
            ALTER TABLE items ADD COLUMN n int DEFAULT 5; ALTER TABLE items ALTER n DROP DEFAULT; VACUUM FULL items | column n came and the table was rewritten
            ALTER TABLE items ALTER amount TYPE int USING amount * 2                   | column amount was altered and the table was rewritten
            ALTER TABLE items ALTER word TYPE varchar(3) USING left(word, 3)           | column word was altered from character varying(10) to character varying(3)
            ALTER TABLE items ALTER at TYPE timestamp(0)                               | column at was altered
            ALTER TABLE items ALTER code TYPE char(6)                                  | column code was altered from character(3) to character(6)
            ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'                                | value ok of column
            ALTER TYPE place ADD ATTRIBUTE town text CASCADE                           | the composite type of column place was altered
            """)
    void olderRowsThatMayDifferStopTheirTable(String statements, String reason) {
        for (String statement : statements.split(";")) {
            database.executeSource(statement);
        }
        database.executeSource("INSERT INTO items (id, amount) VALUES (11, 11)");

        run("sync", "--once").assertSucceeded().assertTells("public.items is not followed any more", reason);

        assertThat(run("status").assertSucceeded().stdout()).contains(reason);
        run("resync").assertSucceeded();
        assertItems();
        assertThat(run("sync", "--once").assertSucceeded().stderr()).doesNotContain("WARN");
    }

    @Test
    void aRenamedValueStopsTablesThatHaveItInADomainOrAnArray() {
        database.executeSource("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'");

        run("sync", "--once")
                .assertSucceeded()
                .assertTells("public.others is not followed any more", "renamed to blue");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VACUUM FULL items",
                "CLUSTER items USING items_pkey",
                "TRUNCATE items",
                "ALTER TABLE items ALTER word TYPE varchar(20)",
                "ALTER TABLE items ALTER word TYPE text",
                "ALTER TABLE items ADD COLUMN n int DEFAULT 5",
                "ALTER TABLE items ADD COLUMN n int DEFAULT 5; ALTER TABLE items ALTER n DROP DEFAULT",
                "ALTER TABLE items ALTER amount SET DEFAULT 7",
                "ALTER TABLE items ALTER amount SET STATISTICS 50; REINDEX TABLE items",
                "ALTER TABLE items ALTER hidden TYPE bigint USING hidden * 2",
                "ALTER TYPE mood ADD VALUE 'bored' BEFORE 'ok'",
                "ALTER TYPE mood RENAME TO temper",
                "ALTER DOMAIN feeling SET DEFAULT 'ok'",
                "ANALYZE items"
            })
    void whatLeavesOlderRowsAsTheyAreDoesNotStopATable(String statements) {
        for (String statement : statements.split(";")) {
            database.executeSource(statement);
        }
        database.executeSource("INSERT INTO items (id, word, amount) VALUES (11, 'later', 11)");

        EngineRun sync = run("sync", "--once").assertSucceeded();

        assertThat(sync.stderr()).doesNotContain("WARN");
        assertItems();
        assertThat(run("sync", "--once").assertSucceeded().stderr()).doesNotContain("WARN");
    }

    @Test
    void aMissingValueThatVacuumFullFillsInDoesNotStopATable() {
        database.executeSource(
                "ALTER TABLE items ADD COLUMN n int DEFAULT 5", "ALTER TABLE items ALTER n DROP DEFAULT");
        run("sync", "--once").assertSucceeded();

        database.executeSource("VACUUM FULL items", "INSERT INTO items (id, amount, n) VALUES (11, 11, 6)");
        assertThat(run("sync", "--once").assertSucceeded().stderr()).doesNotContain("not followed");
        database.executeSource("VACUUM FULL items", "INSERT INTO items (id, amount, n) VALUES (12, 11, 6)");
        assertThat(run("sync", "--once").assertSucceeded().stderr()).doesNotContain("not followed");

        assertThat(database.queryTarget("SELECT id, n FROM items FINAL ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, n FROM items ORDER BY id"));
    }

    @Test
    void aRewriteWhileSyncRunsStopsTheTableWithoutAnotherChangeOfIt() {
        try (EngineProcess sync = EngineProcess.start(database.pipeYaml(TABLES), "sync")) {
            database.executeSource("INSERT INTO others (id) VALUES (11)");
            await().until(() ->
                    database.queryTarget("SELECT id FROM others WHERE id = 11").size() == 1);
            database.executeSource("ALTER TABLE items ALTER amount TYPE int USING amount * 2");
            await().until(() -> run("status").stdout().contains("column amount was altered"));
            sync.terminate();
            sync.awaitEnd().assertExit(130);
        }
    }

    private void assertItems() {
        List<List<String>> source = database.querySource(
                "SELECT id, word, to_char(at, 'YYYY-MM-DD HH24:MI:SS.US'), code, mood, place, amount FROM items ORDER BY id");
        assertThat(database.queryTarget("SELECT id, word, toString(at), code, mood, place, amount FROM items FINAL"
                        + " WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(source);
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(TABLES), command, options);
    }
}
