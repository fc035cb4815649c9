package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Resyncs during which tables are rewritten, replaced and altered at random while others write to them. Each either
 * succeeds, and after a sync every row is as in the source, or is refused with a sentence while the originals are as
 * before. {@value #SEED_PROPERTY} repeats a seed, {@value #ROUNDS_PROPERTY} says how many rounds.
 *
 * <p>The table {@code gate} is the last one to be loaded, and is locked while tables change: so all of it happens while
 * the load runs, and none of it after the last proof, where it is the sync's to notice. When the gate itself is
 * truncated it is loaded anew, and the tables change during that load, too.
 */
@WithServers
class RewrittenTablesFuzzTest {
    private static final String SEED_PROPERTY = "clickpipe.rewrites.seed";
    private static final String ROUNDS_PROPERTY = "clickpipe.rewrites.rounds";
    private static final long SEED = Long.getLong(SEED_PROPERTY, new Random().nextInt(1_000_000));
    private static final int ROUNDS = Integer.getInteger(ROUNDS_PROPERTY, 3);

    private static final List<String> TABLES = List.of("t0", "t1", "t2", "parts");
    private static final int[] ROWS = {8000, 600, 300, 300};
    private static final String LEAVES = "CREATE TABLE %1$s_1 PARTITION OF %1$s FOR VALUES FROM (0) TO (1000);"
            + "CREATE TABLE %1$s_2 PARTITION OF %1$s FOR VALUES FROM (1000) TO (1000000)";

    private TestDatabase database;
    private int names;

    @BeforeEach
    void tables(TestDatabase fresh) {
        database = fresh;
        database.executeSource("CREATE TABLE gate (id int PRIMARY KEY)", "INSERT INTO gate VALUES (1)");
        for (int i = 0; i < TABLES.size(); i++) {
            make(TABLES.get(i));
            fill(TABLES.get(i), ROWS[i]);
        }
        database.executeSource("ANALYZE");
    }

    private void make(String table) {
        boolean parts = table.equals("parts");
        database.executeSource("CREATE TABLE " + table + " (id int PRIMARY KEY, n int, note text)"
                + (parts ? " PARTITION BY RANGE (id);" + LEAVES.formatted(table) : ""));
    }

    private void fill(String table, int rows) {
        database.executeSource("INSERT INTO " + table + " SELECT i * 3, i, repeat(md5(i::text), 8)"
                + " FROM generate_series(1, " + rows + ") i ON CONFLICT DO NOTHING");
    }

    @Test
    void whateverIsRewrittenDuringALoadArrivesWholeOrTheOriginalsStay() throws Exception {
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long seed = SEED + round;
            try {
                refused += round(new Random(seed), seed, round > 0) ? 0 : 1;
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "With -D" + SEED_PROPERTY + "=" + (seed - round) + " -D" + ROUNDS_PROPERTY + "=" + (round + 1),
                        e);
            }
        }
        System.out.println(
                ROUNDS + " resyncs of rewritten tables from seed " + SEED + ", of which " + refused + " were refused");
    }

    /** Returns whether the resync succeeded. */
    private boolean round(Random random, long seed, boolean again) throws Exception {
        String pipe = database.pipeYaml(
                """
                tables: [{source: public.t*}, {source: public.parts}, {source: public.gate}]
                settings: {maxMegabytesPerSecond: 1, initialLoadParallelism: %d, snapshotNumRowsPerPartition: 150,
                           verify: %s, catchUpBeforeSwap: %s, keepOriginalLive: %s, maxRowLossPercent: 100,
                           syncIntervalSeconds: 1}
                """
                        .formatted(
                                1 + random.nextInt(2),
                                List.of("counts", "checksums", "off").get(random.nextInt(3)),
                                random.nextBoolean(),
                                random.nextInt(3) == 0));
        List<List<String>> before = originals();
        List<String> changed = new ArrayList<>();
        EngineRun run;
        try (Connection holder = database.source();
                EngineProcess load = again && random.nextInt(4) == 0
                        ? EngineProcess.start(pipe, "resync", "--tables", "public/*")
                        : EngineProcess.start(pipe, "resync")) {
            load.awaitPhase("Snapshot");
            holder.setAutoCommit(false);
            execute(holder, "LOCK TABLE gate");
            Random writing = new Random(seed);
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                while (load.isAlive()) {
                    write(writing);
                }
            });
            changeSome(random, changed);
            if (random.nextBoolean()) {
                awaitGate(load);
                changeSome(random, changed);
                execute(holder, "TRUNCATE gate", "INSERT INTO gate VALUES (" + random.nextInt(100) + ")");
                holder.commit();
                awaitSecondSnapshot(load);
                execute(holder, "LOCK TABLE gate");
                if (awaitGate(load)) {
                    changeSome(random, changed);
                }
            }
            holder.rollback();
            run = load.awaitEnd();
            writer.join();
        }
        System.out.println("seed " + seed + ": " + changed + " -> exit " + run.exitCode());
        if (run.exitCode() != 0) {
            run.assertRefused(1, "Readers see the original tables as before");
            assertThat(originals()).isEqualTo(before);
            EngineProcess.run(pipe, "resync").assertSucceeded();
        }
        EngineProcess.run(pipe, "sync", "--once").assertSucceeded();
        assertSame(run);
        return run.exitCode() == 0;
    }

    private void changeSome(Random random, List<String> changed) throws InterruptedException {
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(700));
            changed.add(change(random));
        }
    }

    private static void awaitSecondSnapshot(EngineProcess load) {
        Awaitility.await()
                .atMost(EngineProcess.LIMIT)
                .until(() -> !load.isAlive() || load.log().split("\\[Snapshot\\]").length > 2);
    }

    /** Returns whether the run waits for the gate, so that it will prove all tables later; it may be beyond that. */
    private boolean awaitGate(EngineProcess load) {
        Awaitility.await()
                .atMost(EngineProcess.LIMIT)
                .until(() -> !load.isAlive() || load.log().contains("Running") || isWaiting());
        return isWaiting();
    }

    private boolean isWaiting() {
        return !database.querySource("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND application_name LIKE 'clickpipe-resync %' AND wait_event_type = 'Lock'"
                        + " AND query LIKE '%gate%'")
                .isEmpty();
    }

    /** A table that is not there for a moment, or a deadlock, is the writer's bad luck. */
    private void write(Random random) {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        int id = random.nextInt(6000);
        String sql =
                switch (random.nextInt(4)) {
                    case 0 -> "INSERT INTO %s (id, n, note) VALUES (%d, 1, 'new') ON CONFLICT DO NOTHING";
                    case 1 -> "UPDATE %s SET n = n + 1, note = note || '.' WHERE id BETWEEN %d - 20 AND %2$d + 20";
                    case 2 -> "UPDATE %s SET id = id + 50000 WHERE id = (%d / 3) * 3";
                    default -> "DELETE FROM %s WHERE id BETWEEN %d AND %2$d + 4";
                };
        try (Connection connection = database.source()) {
            execute(connection, sql.formatted(table, id));
            TimeUnit.MILLISECONDS.sleep(random.nextInt(40));
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as(e.getMessage()).matches("42P01|40P01|55.*|22003|XX000|23505");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String change(Random random) {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        boolean parts = table.equals("parts");
        String part = parts ? "parts_" + (1 + random.nextInt(2)) : table;
        String name = "x" + names++;
        String sql =
                switch (random.nextInt(9)) {
                    case 0 -> "VACUUM FULL " + part;
                    case 1 -> "CLUSTER " + part + " USING " + part + "_pkey";
                    case 2 -> "TRUNCATE " + table;
                    case 3 ->
                        "ALTER TABLE " + table + " ALTER COLUMN n TYPE " + (random.nextBoolean() ? "bigint" : "int");
                    case 4 -> "ALTER TABLE " + table + " ADD COLUMN " + name + " text DEFAULT clock_timestamp()::text";
                    case 5 -> droppingAColumn(table);
                    case 6 -> {
                        if (parts) {
                            yield "BEGIN; ALTER TABLE parts DETACH PARTITION " + part + "; DROP TABLE " + part
                                    + "; CREATE TABLE " + part + " PARTITION OF parts FOR VALUES FROM "
                                    + (part.endsWith("1") ? "(0) TO (1000)" : "(1000) TO (1000000)") + "; COMMIT";
                        }
                        yield "CREATE TABLE " + name + " (LIKE " + table + " INCLUDING ALL); INSERT INTO " + name
                                + " SELECT * FROM " + table + " WHERE id % 5 > 0; BEGIN; ALTER TABLE " + table
                                + " RENAME TO " + name + "_old; ALTER TABLE " + name + " RENAME TO " + table
                                + "; DROP TABLE " + name + "_old; ALTER INDEX " + name + "_pkey RENAME TO " + table
                                + "_pkey; COMMIT";
                    }
                    case 7 ->
                        parts
                                ? "TRUNCATE " + part
                                : "DROP TABLE " + table + "; CREATE TABLE " + table
                                        + " (id int PRIMARY KEY, n int, note text)";
                    default -> "UPDATE " + table + " SET n = -n";
                };
        try {
            database.executeSource(sql);
        } catch (RuntimeException e) {
            return sql + " (failed: " + e.getMessage() + ")";
        }
        if (random.nextBoolean()) {
            fill(table, 200);
        }
        return sql;
    }

    private String droppingAColumn(String table) {
        List<List<String>> added = database.querySource("SELECT attname FROM pg_attribute WHERE attrelid = '" + table
                + "'::regclass AND attname LIKE 'x%' AND attnum > 0 AND NOT attisdropped LIMIT 1");
        return added.isEmpty()
                ? "VACUUM FULL " + table
                : "ALTER TABLE " + table + " DROP COLUMN " + added.get(0).get(0);
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private List<List<String>> originals() {
        return database.queryTarget("SELECT name, uuid FROM system.tables WHERE database = currentDatabase()"
                + " AND (name = 'gate' OR name IN ('t0', 't1', 't2', 'parts')) ORDER BY name");
    }

    private void assertSame(EngineRun run) {
        for (String table : TABLES) {
            String columns = database
                    .querySource("SELECT attname FROM pg_attribute WHERE attrelid = '" + table
                            + "'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname")
                    .stream()
                    .map(row -> row.get(0))
                    .collect(Collectors.joining(", "));
            assertThat(database.queryTarget(
                            "SELECT " + columns + " FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                    .as("%s after %s", table, run)
                    .isEqualTo(database.querySource("SELECT " + columns + " FROM " + table + " ORDER BY id"));
        }
    }
}
