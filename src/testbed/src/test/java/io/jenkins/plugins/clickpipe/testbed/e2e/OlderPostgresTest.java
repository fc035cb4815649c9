package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pipe's life on older servers, whose catalogs, publications and scans differ. */
@WithServers
class OlderPostgresTest {
    /** Where the build puts the servers' archives. */
    private static final Path BINARIES = Path.of("target/postgres-binaries");

    private static final String PIPE =
            """
            tables: [{source: public.orders}, {source: public.log, tableEngine: MergeTree}%s]
            settings: {snapshotNumRowsPerPartition: 500, keepPreviousTables: 24h}
            """;

    private TestDatabase database;
    private PostgresServer postgres;
    private String pipe;

    @AfterEach
    void end() {
        if (postgres != null) {
            postgres.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 14, 16})
    void loadSyncResyncAndRollback(int version, TestDatabase fresh) throws IOException {
        database = fresh;
        start(version);
        String events = version < 13 ? "" : ", {source: public.events}";
        pipe = database.pipeYaml(postgres.pipeUser(), database.servers().clickHousePipeUser(), PIPE.formatted(events));
        makeTables();

        run("check").assertSucceeded();
        EngineRun create = run("create").assertSucceeded();
        assertThat(partitions(create, "public.orders")).isGreaterThan(4);
        assertSame(version);

        change("first");
        run("sync", "--once").assertSucceeded();
        assertSame(version);
        assertThat(database.queryTarget("SELECT DISTINCT length(large) FROM orders FINAL WHERE note = 'first'"))
                .as("an unchanged TOAST value")
                .containsExactly(List.of("20000"));

        run("resync").assertSucceeded();
        assertSame(version);
        change("second");
        execute("TRUNCATE orders", "INSERT INTO orders SELECT i, 'after', 'x' FROM generate_series(5, 50) i");
        run("sync", "--once").assertSucceeded();
        assertSame(version);

        run("rollback").assertSucceeded();
        assertThat(database.queryTarget("SELECT count() FROM orders FINAL WHERE note = 'first'"))
                .containsExactly(List.of("30"));
        run("rollback").assertSucceeded();
        run("resume").assertSucceeded();
        execute("INSERT INTO log SELECT max(id) + 1, 'at the end' FROM log");
        run("sync", "--once").assertSucceeded();
        assertSame(version);
        assertThat(run("status").assertSucceeded().stdout()).contains("Running", "lag");
        run("drop").assertSucceeded();
    }

    @Test
    void aPartitionedTableCannotBeFollowedBefore13(TestDatabase fresh) throws IOException {
        database = fresh;
        start(12);
        pipe = database.pipeYaml(
                postgres.pipeUser(),
                database.servers().clickHousePipeUser(),
                PIPE.formatted(", {source: public.events}"));
        makeTables();

        run("resync").assertRefused(1, "public.events", "PostgreSQL 12 publishes no partitioned tables");

        run("resync", "--set", "replicationMode=snapshot").assertSucceeded();
        assertThat(database.queryTarget("SELECT count() FROM events")).containsExactly(List.of("3000"));
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 14})
    void tablesThatAreRewrittenDuringALoadAreLoadedAnew(int version, TestDatabase fresh) throws IOException {
        database = fresh;
        start(version);
        pipe = database.pipeYaml(
                postgres.pipeUser(),
                database.servers().clickHousePipeUser(),
                """
                tables: [{source: public.orders}, {source: public.log, tableEngine: MergeTree}]
                settings: {snapshotNumRowsPerPartition: 500, initialLoadParallelism: 1, maxMegabytesPerSecond: 1,
                           verify: checksums}
                """);
        makeTables();
        execute(
                "UPDATE orders SET note = repeat(md5(id::text), 25)",
                "DELETE FROM orders WHERE id % 7 = 0",
                "ANALYZE orders");

        try (EngineProcess load = EngineProcess.start(pipe, "resync")) {
            String secondRange = "query LIKE 'COPY%orders% WHERE " + (version < 14 ? "\"id\"" : "ctid") + " >=%'";
            Awaitility.await().atMost(EngineProcess.LIMIT).until(() -> !query(
                            "SELECT 1 FROM pg_stat_activity WHERE " + secondRange)
                    .isEmpty());
            execute(
                    "UPDATE orders SET note = 'before' WHERE id % 11 = 0",
                    "CLUSTER orders USING orders_pkey",
                    "ALTER TABLE log ALTER COLUMN note TYPE varchar(40)",
                    "DELETE FROM orders WHERE id % 13 = 0",
                    "INSERT INTO log VALUES (-1, 'after')");
            load.awaitEnd().assertSucceeded().assertTells("Table public.orders was rewritten", "Table public.log was");
        }
        run("sync", "--once").assertSucceeded();

        assertSame(12);
    }

    private void start(int version) throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(BINARIES, "*-" + version + ".*.jar")) {
            postgres = PostgresServer.startFrom(jars.iterator().next());
        }
        postgres.createDatabase(database.name());
        assertThat(query("SHOW server_version").get(0).get(0)).startsWith(version + ".");
    }

    private void makeTables() {
        execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text, large text)",
                "ALTER TABLE orders ALTER COLUMN large SET STORAGE EXTERNAL",
                "INSERT INTO orders SELECT i, 'old', CASE WHEN i % 100 = 0 THEN repeat('0123456789', 2000) END"
                        + " FROM generate_series(1, 3000) i",
                "CREATE TABLE log (id bigint PRIMARY KEY, note text)",
                "INSERT INTO log SELECT i, 'old' FROM generate_series(1, 3000) i",
                "CREATE TABLE events (id int, day int, note text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
                "CREATE TABLE events_old PARTITION OF events FOR VALUES FROM (0) TO (50)",
                "CREATE TABLE events_new PARTITION OF events FOR VALUES FROM (50) TO (100)",
                "INSERT INTO events SELECT i, i % 100, 'old' FROM generate_series(1, 3000) i",
                "ANALYZE");
    }

    private void change(String note) {
        execute(
                "UPDATE orders SET note = '" + note + "' WHERE id % 100 = 0",
                "DELETE FROM orders WHERE id BETWEEN 10 AND 20",
                "UPDATE orders SET id = id + 10000 WHERE id BETWEEN 31 AND 35",
                "INSERT INTO log SELECT max(id) + 1, '" + note + "' FROM log",
                "UPDATE events SET note = '" + note + "', day = 99 WHERE id % 500 = 1",
                "DELETE FROM events WHERE day = 7");
    }

    private static int partitions(EngineRun run, String table) {
        return run.events().stream()
                .filter(event -> event.path("type").asText().equals("table"))
                .map(event -> event.path("table"))
                .filter(node -> node.path("source").asText().equals(table))
                .mapToInt(node -> node.path("partitionsTotal").asInt())
                .max()
                .orElse(0);
    }

    private void assertSame(int version) {
        assertThat(database.queryTarget(
                        "SELECT id, note, large FROM orders FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(query("SELECT id, note, large FROM orders ORDER BY id"));
        assertThat(database.queryTarget("SELECT id, note FROM log ORDER BY id"))
                .isEqualTo(query("SELECT id, note FROM log ORDER BY id"));
        if (version >= 13) {
            assertThat(database.queryTarget(
                            "SELECT id, day, note FROM events FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                    .isEqualTo(query("SELECT id, day, note FROM events ORDER BY id"));
        }
    }

    private List<List<String>> query(String sql) {
        return postgres.pipeUser().query(database.name(), sql);
    }

    private void execute(String... statements) {
        postgres.pipeUser().execute(database.name(), statements);
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(pipe, command, options);
    }
}
