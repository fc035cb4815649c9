package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Invariant 8: replays are harmless, also where nothing merges equal rows. */
@WithServers
class InterruptedSyncTest {
    private static final int ROWS = 40_000;
    private static final String PIPE =
            """
            tables: [{source: public.log, tableEngine: MergeTree}, {source: public.orders}]
            settings: {pullBatchSize: 1000, syncIntervalSeconds: 1}
            """;

    private TestDatabase database;

    @BeforeEach
    void runningPipe(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE log (id bigint PRIMARY KEY, line text)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, line text)",
                "INSERT INTO log VALUES (0, 'first')");
        EngineProcess.run(database.pipeYaml(PIPE), "resync").assertSucceeded();
        String rows = " SELECT i, repeat('x', i %% 50) FROM generate_series(%d, %d) i";
        for (int from = 1; from < ROWS; from += 2000) {
            database.executeSource(
                    "INSERT INTO log" + rows.formatted(from, from + 1999),
                    "INSERT INTO orders" + rows.formatted(from, from + 1999));
        }
    }

    @Test
    void aKilledSyncIsGoneOnWithWithoutLossOrDoubles() {
        try (EngineProcess sync = EngineProcess.start(database.pipeYaml(PIPE), "sync")) {
            awaitFirstChanges();
            sync.kill();
        }
        EngineProcess.run(database.pipeYaml(PIPE), "sync", "--once").assertSucceeded();

        assertSame();
    }

    @Test
    void aStoppedSyncEndsSoonAndIsGoneOnWith() {
        try (EngineProcess sync = EngineProcess.start(database.pipeYaml(PIPE), "sync")) {
            awaitFirstChanges();
            sync.terminate();
            sync.awaitEnd(Duration.ofSeconds(30)).assertExit(130);
        }
        Footprint footprint = new Footprint(database);
        footprint.assertNothingRuns();
        assertThat(footprint.slots()).as("the pipe's own stays").hasSize(1);
        assertThat(EngineProcess.run(database.pipeYaml(PIPE), "status").stdout())
                .contains("Running");

        EngineProcess.run(database.pipeYaml(PIPE), "sync", "--once").assertSucceeded();

        assertSame();
    }

    @Test
    void syncGoesOnAsLongAsItIsTold() {
        EngineProcess.run(database.pipeYaml(PIPE), "sync", "--for", "3s").assertSucceeded();
        EngineProcess.run(database.pipeYaml(PIPE), "sync", "--once").assertSucceeded();

        assertSame();
    }

    private void awaitFirstChanges() {
        Awaitility.await()
                .atMost(EngineProcess.LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !database.queryTarget("SELECT 1 FROM log WHERE id > 0 LIMIT 1")
                        .isEmpty());
    }

    /** The table log without FINAL: each row stands there once. */
    private void assertSame() {
        for (String table : List.of("log", "orders FINAL")) {
            String sums = "SELECT count(*), count(DISTINCT id), sum(id), sum(length(line)) FROM ";
            assertThat(database.queryTarget(sums + table))
                    .as(table)
                    .isEqualTo(database.querySource(sums + table.replace(" FINAL", "")));
        }
    }
}
