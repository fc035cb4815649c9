package io.jenkins.plugins.clickpipe.testbed.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.definition.PipeDefinition;
import io.jenkins.plugins.clickpipe.engine.definition.PipeFile;
import io.jenkins.plugins.clickpipe.engine.report.Events;
import io.jenkins.plugins.clickpipe.engine.report.Redaction;
import io.jenkins.plugins.clickpipe.engine.report.StatementLog;
import io.jenkins.plugins.clickpipe.engine.resync.PipeSync;
import io.jenkins.plugins.clickpipe.engine.resync.Resync;
import io.jenkins.plugins.clickpipe.engine.resync.RunId;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Random transactions, which wait for each other, end in the destination as the source has them, though the engine is
 * killed now and then. {@code -Dclickpipe.random.rounds=N} runs more
 * rounds, {@code -Dclickpipe.random.seed=N} repeats a run.
 */
@WithServers
class RandomTransactionsTest {
    /** A round may leave few rows of many, so the guard against shrinking tables is off. */
    private static final String TABLES =
            """
            tables:
              - {source: public.sorted, sortingKeys: [tenant, id]}
              - {source: public.logged, tableEngine: MergeTree}
              - {source: public.*}
            settings: {pullBatchSize: %d, streamLargeTransactions: %b, softDeletedRows: transfer, maxRowLossPercent: 100}
            """;

    private static final int FIRST_WITH_IMMEDIATE_STREAMING = 160000;

    private final int rounds = Integer.getInteger("clickpipe.random.rounds", 25);
    private final long seed = Long.getLong("clickpipe.random.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void everyTableEqualsItsSourceAfterEachSync(TestDatabase database) throws Exception {
        System.out.println("RandomTransactionsTest: -Dclickpipe.random.seed=" + seed);
        RandomWriter.createTables(database);
        ExecutorService aside = Executors.newSingleThreadExecutor();
        try (RandomWriter writer = new RandomWriter(database, random)) {
            for (int round = 0; round < rounds; round++) {
                chooseWhenTransactionsAreSent(database);
                int steps = 1 + random.nextInt(24);
                for (int i = 0; i < steps; i++) {
                    writer.step();
                    writer.settle();
                }
                if (round == 0 || random.nextInt(12) == 0) {
                    resyncAcrossOpenTransactions(database, writer, aside);
                } else if (random.nextInt(5) == 0) {
                    kill(database);
                }
                syncAndCompare(database, "seed " + seed + ", round " + round);
            }
            System.out.println(
                    "RandomTransactionsTest: " + rounds + " rounds, sessions waited " + writer.waits() + " times");
            assertThat(writer.waits()).isPositive();
        } finally {
            aside.shutdownNow();
        }
    }

    /** At their commits, before when they are of more than 64 kB, or each change as soon as it is read. */
    private void chooseWhenTransactionsAreSent(TestDatabase database) {
        String settings = "ALTER DATABASE " + database.name() + " SET ";
        boolean immediate = Integer.parseInt(
                        database.querySource("SHOW server_version_num").get(0).get(0))
                >= FIRST_WITH_IMMEDIATE_STREAMING;
        database.executeSource(
                settings + "logical_decoding_work_mem = '" + (random.nextBoolean() ? "64kB" : "64MB") + "'");
        if (immediate) {
            database.executeSource(settings + "debug_logical_replication_streaming = "
                    + (random.nextInt(3) == 0 ? "immediate" : "buffered"));
        }
    }

    /** The slot is made only after the transactions that are open at that moment have ended. */
    private void resyncAcrossOpenTransactions(TestDatabase database, RandomWriter writer, ExecutorService aside)
            throws Exception {
        Future<?> resync = aside.submit(() -> {
            try (Workspace workspace = workspace(database)) {
                new Resync(workspace, new StopSignal(Thread.currentThread()), false).resync(Optional.empty());
            }
            return null;
        });
        for (int i = 0; i < 40 && !resync.isDone(); i++) {
            writer.step();
            writer.endAll();
        }
        resync.get(5, TimeUnit.MINUTES);
    }

    /** Its connections break wherever it is, and it does not live to open them again. */
    private void kill(TestDatabase database) throws InterruptedException {
        Workspace workspace = workspace(database);
        Thread sync = new Thread(() -> {
            try {
                new PipeSync(workspace, new StopSignal(Thread.currentThread())).run(new PipeSync.Extent.Once());
            } catch (RuntimeException e) {
                // It was at work.
            }
        });
        sync.start();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(600));
        workspace.close();
        sync.interrupt();
        sync.join(Duration.ofMinutes(1).toMillis());
        assertThat(sync.isAlive()).as("a killed sync is at work").isFalse();
    }

    private void sync(TestDatabase database) {
        try (Workspace workspace = workspace(database)) {
            new PipeSync(workspace, new StopSignal(Thread.currentThread())).run(new PipeSync.Extent.Once());
        }
    }

    private Workspace workspace(TestDatabase database) {
        PipeDefinition pipe = PipeFile.read(
                database.pipeYaml(TABLES.formatted(1 + random.nextInt(40), random.nextInt(4) > 0)),
                Map.of(),
                List.of());
        Clock clock = Clock.systemUTC();
        return new Workspace(
                pipe, RunId.next(clock), clock, new StatementLog(clock, Redaction.of(List.of())), Events.none());
    }

    /** Sessions that wait may go on meanwhile, so what the source had before and after is compared. */
    private void syncAndCompare(TestDatabase database, String when) {
        for (int attempt = 1; ; attempt++) {
            Map<String, List<List<String>>> source = sourceRows(database);
            sync(database);
            Map<String, List<List<String>>> target = targetRows(database);
            if (sourceRows(database).equals(source)) {
                target.forEach((table, rows) -> assertThat(rows)
                        .as("%s, %s", table, when)
                        .containsExactlyInAnyOrderElementsOf(source.get(table)));
                return;
            }
            assertThat(attempt).as("attempts to find the source at rest").isLessThan(50);
        }
    }

    private static Map<String, List<List<String>>> sourceRows(TestDatabase database) {
        Map<String, List<List<String>>> rows = new TreeMap<>();
        RandomWriter.TABLES.forEach((table, columns) -> rows.put(
                table,
                database.querySource("SELECT "
                        + (table.equals("numbers") ? columns.replace("id", "trim_scale(id)") : columns) + " FROM "
                        + table + " ORDER BY " + columns)));
        return rows;
    }

    private static Map<String, List<List<String>>> targetRows(TestDatabase database) {
        Map<String, List<List<String>>> rows = new TreeMap<>();
        RandomWriter.TABLES.forEach((table, columns) -> rows.put(table, database.queryTarget(alive(table, columns))));
        return rows;
    }

    private static String alive(String table, String columns) {
        return switch (table) {
            case "keyless" ->
                "SELECT " + columns + " FROM (SELECT " + columns
                        + ", minIf(_peerdb_version, _peerdb_is_deleted = 0) AS first,"
                        + " countIf(_peerdb_is_deleted = 0) AS stored, arrayCount(v -> v >= first,"
                        + " groupArrayIf(_peerdb_version, _peerdb_is_deleted = 1)) AS gone FROM keyless GROUP BY "
                        + columns + ") ARRAY JOIN range(stored - if(stored = 0, 0, gone)) AS copy";
            case "logged" ->
                "SELECT " + columns + " FROM (SELECT * FROM logged ORDER BY _peerdb_version DESC, _peerdb_is_deleted"
                        + " DESC LIMIT 1 BY id) WHERE _peerdb_is_deleted = 0";
            default -> "SELECT " + columns + " FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0";
        };
    }
}
