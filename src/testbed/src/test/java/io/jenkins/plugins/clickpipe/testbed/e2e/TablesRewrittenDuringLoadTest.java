package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tables that are rewritten, replaced or altered while a load runs: under the load's snapshot they are empty, mixed or not
 * there. One slow session loads the largest table first, so that the others' turn has not come.
 */
@WithServers
class TablesRewrittenDuringLoadTest {
    private static final String SLOW = "maxMegabytesPerSecond: 1, initialLoadParallelism: 1, syncIntervalSeconds: 1";
    private static final String PIPE =
            "tables: [{source: public.a_big}, {source: public.z}, {source: public.small}]\nsettings: {" + SLOW
                    + "%s}\n";

    private TestDatabase database;

    @BeforeEach
    void tables(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE a_big (id int PRIMARY KEY, note text)",
                "INSERT INTO a_big SELECT i, repeat(md5(i::text), 16) FROM generate_series(1, 6000) i",
                "CREATE TABLE z (id int PRIMARY KEY, ts timestamp, note text)",
                "INSERT INTO z SELECT i, '2024-05-06 07:08:09.123456'::timestamp + i * interval '1.3s', 'of ' || i"
                        + " FROM generate_series(1, 50) i",
                "CREATE TABLE small (id int PRIMARY KEY, note text)",
                "INSERT INTO small VALUES (1, 'x')",
                "ANALYZE");
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of(
                        "a rewriting change of a type", List.of("ALTER TABLE z ALTER COLUMN ts TYPE timestamp(0)")),
                Arguments.of(
                        "a column with a volatile default",
                        List.of("ALTER TABLE z ADD COLUMN extra uuid DEFAULT gen_random_uuid()")),
                Arguments.of(
                        "a rename into place",
                        List.of(
                                "CREATE TABLE z_new (LIKE z INCLUDING ALL)",
                                "INSERT INTO z_new SELECT id + 5, ts, 'new ' || note FROM z",
                                "BEGIN; ALTER TABLE z RENAME TO z_old; ALTER TABLE z_new RENAME TO z; COMMIT")),
                Arguments.of(
                        "a table dropped and made again",
                        List.of(
                                "CREATE TABLE kept AS SELECT * FROM z",
                                "DROP TABLE z",
                                "CREATE TABLE z (id int PRIMARY KEY, ts timestamp, note text)",
                                "INSERT INTO z SELECT id, ts, 'again ' || note FROM kept")),
                Arguments.of("VACUUM FULL", List.of("VACUUM FULL z")),
                Arguments.of("CLUSTER", List.of("CLUSTER z USING z_pkey")),
                Arguments.of(
                        "TRUNCATE",
                        List.of("TRUNCATE z", "INSERT INTO z SELECT i, now(), 'later' FROM generate_series(40, 60) i")),
                Arguments.of(
                        "columns that change their names",
                        List.of("ALTER TABLE z ADD COLUMN extra text; UPDATE z SET extra = 'e' || id;"
                                + " ALTER TABLE z RENAME note TO third; ALTER TABLE z RENAME extra TO note;"
                                + " ALTER TABLE z RENAME third TO extra")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void aTableThatChangesBeforeItsTurnIsLoadedAnew(String change, List<String> statements) {
        try (EngineProcess load = start(PIPE.formatted(""))) {
            awaitCopyOf("a_big");
            database.executeSource("UPDATE z SET note = 'before' WHERE id = 3", "DELETE FROM z WHERE id = 4");
            statements.forEach(database::executeSource);
            database.executeSource(
                    "UPDATE z SET note = 'after' WHERE id = 41",
                    "DELETE FROM z WHERE id = 42",
                    "INSERT INTO z (id, note) VALUES (100, 'after')",
                    "INSERT INTO a_big VALUES (-1, 'meanwhile')");
            EngineRun run = load.awaitEnd().assertSucceeded().assertTells("Table public.z", "loaded anew");
            assertThat(run.stderr()).doesNotContain("Table public.a_big");
            assertThat(rowsLoaded(run, "a_big")).isEqualTo(6000);
            assertThat(rowsLoaded(run, "z")).isBetween(20, 51);
        }
        sync(PIPE.formatted(""));

        assertSameEverywhere();
        database.executeSource("UPDATE z SET note = 'at last' WHERE id = 41", "DELETE FROM z WHERE id = 43");
        sync(PIPE.formatted(""));
        assertSameEverywhere();
    }

    @Test
    void theRestOfAPipeThatReplicatesNothingIsNotEmptyEither() {
        String pipe = PIPE.formatted(", replicationMode: snapshot, verify: checksums");
        try (EngineProcess load = start(pipe)) {
            awaitCopyOf("a_big");
            database.executeSource("ALTER TABLE z ALTER COLUMN ts TYPE timestamp(0)");
            load.awaitEnd().assertSucceeded().assertTells("Table public.z was", "loaded anew");
        }

        assertSameEverywhere();
    }

    @Test
    void aTableWhoseRowsMoveBetweenItsPartitionsIsLoadedAnew() {
        database.executeSource("DELETE FROM a_big WHERE id % 2 = 0 AND id < 4000");
        String pipe = PIPE.formatted(", snapshotNumRowsPerPartition: 300, verify: checksums");
        try (EngineProcess load = start(pipe)) {
            awaitCopyOf("a_big%ctid >=");
            database.executeSource("VACUUM FULL a_big");
            assertThat(load.log())
                    .as("it has not waited for the end of the load")
                    .doesNotContain("[Verification]");
            database.executeSource("UPDATE a_big SET note = 'u' WHERE id < 100", "DELETE FROM a_big WHERE id = 301");
            EngineRun run = load.awaitEnd().assertSucceeded().assertTells("Table public.a_big was rewritten");
            assertThat(rowsLoaded(run, "a_big")).isIn(4001, 4000);
        }
        sync(pipe);

        assertSameEverywhere();
    }

    @Test
    void aTableThatIsRewrittenBetweenItsLoadAndItsVerificationIsLoadedAnew() throws Exception {
        for (String verify : List.of("counts", "checksums", "off")) {
            String pipe = PIPE.formatted(", verify: " + verify);
            try (Connection holder = database.source();
                    EngineProcess load = start(pipe)) {
                awaitCopyOf("a_big");
                lock(holder, "small");
                awaitWaitingFor("small");
                database.executeSource(
                        "UPDATE z SET note = 'before' WHERE id = 3",
                        "ALTER TABLE z ALTER COLUMN ts TYPE " + (verify.equals("counts") ? "timestamp(0)" : "text"),
                        "INSERT INTO z (id, note) VALUES ((SELECT max(id) + 1 FROM z), 'after')");
                holder.rollback();
                load.awaitEnd().assertSucceeded().assertTells("Table public.z was", "loaded anew");
                database.executeSource("ALTER TABLE z ALTER COLUMN ts TYPE timestamp USING ts::timestamp");
            }
            EngineProcess.run(database.pipeYaml(pipe), "resync", "--tables", "public.z")
                    .assertSucceeded();
            assertSameEverywhere();
        }
    }

    @Test
    void aTableThatIsRewrittenBeforeABrokenReadingIsRepeatedIsLoadedAnew() throws Exception {
        // more than the buffers between the two hold
        database.executeSource("DELETE FROM a_big WHERE id % 3 = 0", "UPDATE a_big SET note = repeat(note, 6)");
        try (EngineProcess load = start(PIPE.formatted("").replace("PerSecond: 1", "PerSecond: 3"))) {
            awaitCopyOf("a_big");
            CompletableFuture<Void> rewrite =
                    CompletableFuture.runAsync(() -> database.executeSource("CLUSTER a_big USING a_big_pkey"));
            Awaitility.await("CLUSTER waits").atMost(EngineProcess.LIMIT).until(() -> !database.querySource(
                            "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CLUSTER a_big%' AND wait_event_type = 'Lock'")
                    .isEmpty());
            database.querySource(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                            + " current_database() AND application_name LIKE 'clickpipe-resync %' AND query LIKE 'COPY%a_big%'");
            rewrite.join();
            EngineRun run =
                    load.awaitEnd().assertSucceeded().assertTells("again: ", "Table public.a_big was rewritten");
            assertThat(rowsLoaded(run, "a_big")).isEqualTo(4000);
        }
        assertThat(database.queryTarget("SELECT count() FROM a_big")).containsExactly(List.of("4000"));
        assertSameEverywhere();
    }

    @Test
    void noTableIsLockedForLongerThanItsReading() throws Exception {
        database.executeSource(
                "CREATE TABLE b_second (id int PRIMARY KEY, note text)",
                "INSERT INTO b_second SELECT i, repeat(md5(i::text), 16) FROM generate_series(1, 5000) i",
                "ANALYZE");
        String pipe = PIPE.formatted(", snapshotNumRowsPerPartition: 500").replace("public.small", "public.b_second");
        try (EngineProcess load = start(pipe)) {
            awaitCopyOf("b_second");

            assertThat(locksOf("a_big")).isEqualTo("0");
            assertThat(locksOf("b_second")).isEqualTo("1");
            load.awaitEnd().assertSucceeded();
        }
        assertSame("b_second", "id, note");
    }

    @Test
    void appendedRowsOfATableThatIsLoadedAnewStandThereOnce() {
        String pipe = PIPE.formatted("").replace("public.z", "public.z, tableEngine: MergeTree");
        try (EngineProcess load = start(pipe)) {
            awaitCopyOf("a_big");
            database.executeSource("INSERT INTO z VALUES (60, NULL, 'before')");
            database.executeSource("VACUUM FULL z");
            database.executeSource("INSERT INTO z VALUES (61, NULL, 'after')");
            load.awaitEnd().assertSucceeded().assertTells("Table public.z was rewritten", "loaded anew");
        }
        sync(pipe);
        database.executeSource("INSERT INTO z VALUES (62, NULL, 'at last')");
        sync(pipe);

        assertThat(database.queryTarget("SELECT id, note FROM z ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, note FROM z ORDER BY id"));
    }

    @Test
    void originalsThatStayLiveAndTheirSlotAreLeftAlone() {
        String pipe = PIPE.formatted(", keepOriginalLive: true");
        EngineProcess.run(database.pipeYaml(pipe), "resync").assertSucceeded();
        for (String[] options : List.of(new String[0], new String[] {"--tables", "public/*"})) {
            try (EngineProcess load = EngineProcess.start(database.pipeYaml(pipe), "resync", options)) {
                load.awaitPhase("Snapshot");
                awaitCopyOf("a_big");
                database.executeSource("UPDATE z SET note = 'before' WHERE id = 3", "DELETE FROM z WHERE id = 9");
                database.executeSource("VACUUM FULL z");
                database.executeSource(
                        "UPDATE z SET note = 'after' WHERE id = 41", "INSERT INTO z VALUES (9, NULL, 'again')");
                load.awaitEnd().assertSucceeded().assertTells("Table public.z was rewritten", "loaded anew");
            }
            sync(pipe);
            assertSameEverywhere();
            database.executeSource("UPDATE z SET note = 'later' WHERE id < 20", "DELETE FROM z WHERE id = 41");
            sync(pipe);
            assertSameEverywhere();
            database.executeSource("INSERT INTO z VALUES (41, NULL, 'anew')");
            assertThat(new Footprint(database).slots()).hasSize(1);
        }
    }

    @Test
    void changesOfATableThatWasLoadedAnewAreLeftOutUpToItsOwnSnapshotAlsoAfterTheSwap() {
        String pipe = PIPE.formatted(", catchUpBeforeSwap: false");
        try (EngineProcess load = start(pipe)) {
            awaitCopyOf("a_big");
            database.executeSource(
                    "ALTER TABLE z DROP COLUMN ts",
                    "INSERT INTO z SELECT 200 + i, 'early' FROM generate_series(1, 9) i");
            database.executeSource("ALTER TABLE z ADD COLUMN ts timestamp DEFAULT clock_timestamp()");
            database.executeSource("DELETE FROM z WHERE id = 205", "INSERT INTO a_big VALUES (-5, 'x')");
            load.awaitEnd().assertSucceeded().assertTells("Table public.z was", "loaded anew");
        }
        database.executeSource("UPDATE z SET note = 'late' WHERE id = 206");
        sync(pipe);

        assertSameEverywhere();
    }

    @Test
    void aRelationThatIsRewrittenOrComesOrGoesHasItsTableLoadedAnew() {
        List<String> changes = List.of(
                "VACUUM FULL parts_2",
                "CREATE TABLE parts_3 PARTITION OF parts FOR VALUES FROM (200) TO (300)",
                "ALTER TABLE parts DETACH PARTITION parts_1",
                "ALTER TABLE parts_1 RENAME TO parts_one");
        String pipe = PIPE.formatted("").replace("public.z", "public.parts");
        for (String change : changes) {
            database.executeSource(
                    "DROP TABLE IF EXISTS parts, parts_1",
                    "CREATE TABLE parts (id int PRIMARY KEY, note text) PARTITION BY RANGE (id)",
                    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100)",
                    "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (100) TO (200)",
                    "INSERT INTO parts SELECT i, 'n' FROM generate_series(1, 199) i");
            try (EngineProcess load = start(pipe)) {
                awaitCopyOf("a_big");
                database.executeSource("UPDATE parts SET note = 'before' WHERE id % 50 = 0");
                database.executeSource(change);
                database.executeSource(
                        "UPDATE parts SET note = 'after' WHERE id % 60 = 0",
                        "INSERT INTO parts SELECT 250, 'new' WHERE to_regclass('parts_3') IS NOT NULL");
                load.awaitEnd().assertSucceeded().assertTells("Table public.parts", "loaded anew");
            }
            sync(pipe);
            assertSame("parts", "id, note");
        }
    }

    @Test
    void aTableThatIsDroppedForGoodEndsTheResyncBeforeTheSwap() {
        EngineProcess.run(database.pipeYaml(PIPE.formatted("")), "resync").assertSucceeded();
        List<List<String>> before = identities();
        try (EngineProcess load = start(PIPE.formatted(""))) {
            awaitCopyOf("a_big");
            database.executeSource("ALTER TABLE z RENAME TO elsewhere");
            load.awaitEnd().assertRefused(1, "Table public.z was dropped or renamed", "z", "Readers see the original");
        }

        assertThat(identities()).isEqualTo(before);
        assertThat(new Footprint(database).resyncTables()).isEmpty();
        assertThat(new Footprint(database).slots()).isEmpty();
    }

    @Test
    void aTableThatIsRewrittenAgainAndAgainIsGivenUp() {
        EngineProcess.run(database.pipeYaml(PIPE.formatted("")), "resync").assertSucceeded();
        List<List<String>> before = identities();
        try (EngineProcess load = start(PIPE.formatted(""))) {
            awaitCopyOf("a_big");
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                while (load.isAlive()) {
                    database.executeSource("VACUUM FULL z");
                }
            });
            load.awaitEnd()
                    .assertRefused(
                            1, "Table public.z was rewritten", "each of the 5 loads", "Readers see the original");
            writer.join();
        }

        assertThat(identities()).isEqualTo(before);
        assertThat(new Footprint(database).slots()).isEmpty();
    }

    private EngineProcess start(String pipe) {
        EngineProcess process = EngineProcess.start(database.pipeYaml(pipe), "resync");
        try {
            process.awaitPhase("Snapshot");
            return process;
        } catch (RuntimeException | Error e) {
            process.close();
            throw e;
        }
    }

    private void awaitCopyOf(String table) {
        Awaitility.await("COPY of " + table)
                .atMost(EngineProcess.LIMIT)
                .until(() -> !activity("query LIKE 'COPY%" + table + "%'").isEmpty());
    }

    private void awaitWaitingFor(String table) {
        Awaitility.await("waiting for " + table).atMost(EngineProcess.LIMIT).until(() -> !activity(
                        "wait_event_type = 'Lock' AND query LIKE '%" + table + "%'")
                .isEmpty());
    }

    private List<List<String>> activity(String condition) {
        return database.querySource("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name LIKE 'clickpipe-resync %' AND " + condition);
    }

    private String locksOf(String table) {
        return database.querySource("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
                        + " WHERE a.application_name LIKE 'clickpipe-resync %' AND l.relation = '" + table
                        + "'::regclass")
                .get(0)
                .get(0);
    }

    private static void lock(Connection holder, String table) throws SQLException {
        holder.setAutoCommit(false);
        try (Statement statement = holder.createStatement()) {
            statement.execute("LOCK TABLE " + table);
        }
    }

    private static int rowsLoaded(EngineRun run, String target) {
        List<Integer> rows = new ArrayList<>();
        run.events().stream()
                .filter(event -> event.path("type").asText().equals("table"))
                .map(event -> event.path("table"))
                .filter(table -> table.path("target").asText().equals(target))
                .forEach(table -> rows.add(table.path("rows").asInt()));
        return rows.get(rows.size() - 1);
    }

    private List<List<String>> identities() {
        return database.queryTarget(
                "SELECT name, uuid FROM system.tables WHERE database = currentDatabase() AND name IN ('a_big', 'z', 'small')"
                        + " ORDER BY name");
    }

    private void sync(String pipe) {
        EngineProcess.run(database.pipeYaml(pipe), "sync", "--once").assertSucceeded();
    }

    private void assertSameEverywhere() {
        assertSame("a_big", "id, note");
        assertSame("small", "id, note");
        List<String> columns = new ArrayList<>();
        database.querySource("SELECT attname FROM pg_attribute WHERE attrelid = 'z'::regclass AND attnum > 0"
                        + " AND NOT attisdropped AND attname <> 'ts' ORDER BY attname")
                .forEach(row -> columns.add(row.get(0)));
        assertSame("z", String.join(", ", columns));
        assertThat(
                        database.queryTarget(
                                "SELECT id, formatDateTime(ts, '%F %T.%f') FROM z FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .as("ts of z")
                .isEqualTo(
                        database.querySource("SELECT id, to_char(ts, 'YYYY-MM-DD HH24:MI:SS.US') FROM z ORDER BY id"));
    }

    private void assertSame(String table, String columns) {
        assertThat(database.queryTarget(
                        "SELECT " + columns + " FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .as(table)
                .isEqualTo(database.querySource("SELECT " + columns + " FROM " + table + " ORDER BY id"));
    }
}
