package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which row a change is about, and which of two changes of one key came last, on real servers. */
@WithServers
class KeysAndIdentitiesTest {
    private static final String TABLES = "tables: [{source: public.t}]\nsettings: {pullBatchSize: %d}\n";
    private static final String BIG = "(SELECT string_agg(md5(g::text), '') FROM generate_series(1, 200) g)";

    private TestDatabase database;
    private int pullBatchSize = 100_000;

    @BeforeEach
    void databases(TestDatabase fresh) {
        database = fresh;
    }

    @Test
    void anInsertThatWaitedForTheDeleteOfItsKeyIsAlive() throws Exception {
        create("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (5, 'old')");
        try (Connection one = database.source();
                Connection two = database.source();
                Statement first = one.createStatement();
                Statement second = two.createStatement()) {
            first.execute("BEGIN");
            first.execute("UPDATE t SET v = 'x' WHERE id = 5");
            second.execute("BEGIN");
            CompletableFuture<Void> waiting =
                    CompletableFuture.runAsync(() -> execute(second, "INSERT INTO t VALUES (5, 'new')"));
            Awaitility.await()
                    .until(() -> database.querySource("SELECT 1 FROM pg_locks WHERE NOT granted")
                                    .size()
                            > 0);
            first.execute("DELETE FROM t WHERE id = 5");
            first.execute("COMMIT");
            sync();
            waiting.get(30, TimeUnit.SECONDS);
            second.execute("COMMIT");
        }
        sync();

        assertSame("id, v");
    }

    @Test
    void rowsOfADeferrableKeyThatIsRenumberedAreAllThere() {
        deferrable();
        database.executeSource("UPDATE t SET id = id + 1");
        sync();
        assertSame("id, v");

        pullBatchSize = 2;
        database.executeSource("UPDATE t SET id = id + 1");
        sync();
        assertSame("id, v");

        database.executeSource("UPDATE t SET id = 11 - id", "UPDATE t SET id = id - 1, v = 'y' WHERE id > 3");
        sync();
        assertSame("id, v");
    }

    @Test
    void aDeferrableKeyMayBeTheWholeRow() {
        create(
                "CREATE TABLE t (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)",
                "ALTER TABLE t REPLICA IDENTITY FULL",
                "INSERT INTO t SELECT generate_series(1, 9)");
        for (int size : new int[] {1, 3, 100}) {
            pullBatchSize = size;
            database.executeSource(
                    "UPDATE t SET id = id + 1",
                    "DO $$BEGIN UPDATE t SET id = id + 2; DELETE FROM t WHERE id = 7; UPDATE t SET id = id - 1; END$$");
            sync();
            assertSame("id");
        }
    }

    private void deferrable() {
        create(
                "CREATE TABLE t (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, v text)",
                "ALTER TABLE t REPLICA IDENTITY FULL",
                "INSERT INTO t SELECT g, 'v' || g % 2 FROM generate_series(1, 5) g");
    }

    @Test
    void valuesOfAnIdentityIndexThatMoveBetweenRowsLoseNone() {
        create(
                "CREATE TABLE t (id int PRIMARY KEY, u text NOT NULL UNIQUE, large text)",
                "ALTER TABLE t REPLICA IDENTITY USING INDEX t_u_key",
                "INSERT INTO t SELECT g, 'u' || g, " + BIG + " FROM generate_series(1, 3) g");
        for (int size : new int[] {100, 1, 2}) {
            pullBatchSize = size;
            database.executeSource(
                    "DO $$BEGIN UPDATE t SET u = 'free' WHERE id = 1; UPDATE t SET u = 'u1' WHERE id = 2;"
                            + " UPDATE t SET u = 'u2' WHERE id = 1; END$$");
            sync();
            assertSame("id, u, large");
            database.executeSource(
                    "UPDATE t SET id = id + 10 WHERE u = 'u3'",
                    "DELETE FROM t WHERE u = 'u1'",
                    "INSERT INTO t VALUES (2, 'u1', 'again')",
                    "UPDATE t SET id = id - 10 WHERE u = 'u3'",
                    "DO $$BEGIN DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (20, 'u1', 'moved'); END$$",
                    "UPDATE t SET id = 2 WHERE u = 'u1'",
                    "UPDATE t SET u = CASE id WHEN 1 THEN 'u1' ELSE u || 'x' END WHERE id <> 1",
                    "UPDATE t SET u = 'u1', id = id + 100 WHERE u = 'u1x'");
            sync();
            assertSame("id, u, large");
            database.executeSource("UPDATE t SET id = 2 WHERE u = 'u1'");
            database.executeSource("UPDATE t SET u = 'u3' WHERE u = 'u3x'");
        }
    }

    @Test
    void oneNumberThatIsWrittenInSeveralWaysIsOneRow() {
        create(
                "CREATE TABLE t (id numeric PRIMARY KEY, v text)",
                "INSERT INTO t VALUES (1.0, 'a'), (2, 'b'), (10, 'c')");
        database.executeSource(
                "UPDATE t SET id = 1.00 WHERE id = 1",
                "UPDATE t SET id = 2.50 WHERE id = 2",
                "DO $$BEGIN UPDATE t SET id = 1.000, v = 'd' WHERE id = 1; UPDATE t SET id = 1 WHERE id = 1; END$$");
        sync();
        assertSame("id, v");
        database.executeSource(
                "DO $$BEGIN DELETE FROM t WHERE id = 10; INSERT INTO t VALUES (10.00, 'e'); END$$",
                "DELETE FROM t WHERE id = 1.0000");
        sync();
        assertSame("id, v");
    }

    @Test
    void aKeyThatTheDestinationCannotHoldStopsItsTable() {
        create("CREATE TABLE t (id timestamp PRIMARY KEY, v text)", "INSERT INTO t VALUES ('2020-01-01', 'a')");
        database.executeSource("INSERT INTO t VALUES ('0001-01-01', 'b'), ('0002-01-01', 'c')");

        EngineRun sync = EngineProcess.run(yaml(), "sync", "--once");

        assertThat(sync.stderr()).contains("key column id has a value that DateTime64(6) cannot hold");
        assertThat(EngineProcess.run(yaml(), "status").assertSucceeded().stdout())
                .contains("Table t is not followed");
    }

    @Test
    void aPartitionThatLogsItsKeyAloneKeepsLargeValuesAndNulls() {
        create(
                "CREATE TABLE t (id int, region int, n int, large text, PRIMARY KEY (id, region)) PARTITION BY LIST (region)",
                "CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1)",
                "CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2)",
                "ALTER TABLE t REPLICA IDENTITY FULL",
                "ALTER TABLE t_2 REPLICA IDENTITY FULL",
                "INSERT INTO t SELECT g, 1 + g % 2, NULLIF(g, 3), " + BIG + " FROM generate_series(1, 6) g");
        database.executeSource(
                "UPDATE t SET id = id + 100 WHERE id IN (1, 2, 3)",
                "UPDATE t SET n = 7 WHERE id IN (4, 5)",
                "UPDATE t SET region = 3 - region WHERE id = 6",
                "DELETE FROM t WHERE id IN (102, 103)");
        sync();

        assertSame("id, region, n, large");
    }

    @Test
    void tablesWhoseChangesNameNoRowAreRefused() {
        database.executeSource(
                "CREATE TABLE t (id int PRIMARY KEY DEFERRABLE, u int NOT NULL UNIQUE)",
                "CREATE TABLE root (id int, region int, PRIMARY KEY (id, region)) PARTITION BY LIST (region)",
                "CREATE TABLE \"leaf 1\" PARTITION OF root FOR VALUES IN (1)",
                "ALTER TABLE \"leaf 1\" REPLICA IDENTITY NOTHING");

        EngineProcess.run(yaml(), "create").assertRefused(1, "public.t", "DEFERRABLE", "REPLICA IDENTITY FULL");
        EngineProcess.run(database.pipeYaml("tables: [{source: public.root}]\n"), "create")
                .assertRefused(1, "\"leaf 1\" has no replica identity", "ALTER TABLE \"public\".\"leaf 1\"");
        database.executeSource("ALTER TABLE t REPLICA IDENTITY USING INDEX t_u_key");
        EngineProcess.run(database.pipeYaml("tables: [{source: public.t, tableEngine: MergeTree}]\n"), "create")
                .assertRefused(1, "DEFERRABLE", "ReplacingMergeTree", "names rows by u");
        EngineProcess.run(database.pipeYaml("tables: [{source: public.t, excludedColumns: [u]}]\n"), "create")
                .assertRefused(1, "excludedColumns leaves out u");
    }

    private void create(String... statements) {
        database.executeSource(statements);
        EngineProcess.run(yaml(), "create").assertSucceeded();
    }

    private void sync() {
        EngineProcess.run(yaml(), "sync", "--once").assertSucceeded();
    }

    private String yaml() {
        return database.pipeYaml(TABLES.formatted(pullBatchSize));
    }

    private void assertSame(String columns) {
        assertThat(database.queryTarget("SELECT " + columns + " FROM t FINAL WHERE _peerdb_is_deleted = 0"))
                .containsExactlyInAnyOrderElementsOf(database.querySource(
                        "SELECT " + columns.replaceFirst("^id", "trim_scale(id::numeric)") + " FROM t"));
    }

    private static void execute(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
