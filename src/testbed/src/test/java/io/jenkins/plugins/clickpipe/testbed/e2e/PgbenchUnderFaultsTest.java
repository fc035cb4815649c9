package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * pgbench writes at full speed through resyncs and syncs whose process is killed, whose connections are cut, and whose
 * servers are restarted: PostgreSQL in an orderly way, ClickHouse by SIGKILL. When it stops and a sync has caught up,
 * every table equals its source row by row.
 *
 * <p>{@value #SEED_PROPERTY} repeats a seed: the order of the faults, their phases and how much is written before each;
 * {@value #SEEDS_PROPERTY} runs so many, from that one on.
 */
@WithServers
class PgbenchUnderFaultsTest {
    private static final String SEED_PROPERTY = "clickpipe.pgbench.seed";
    private static final String SEEDS_PROPERTY = "clickpipe.pgbench.seeds";
    private static final int ACCOUNTS = Integer.getInteger("clickpipe.pgbench.accounts", 10_000);
    private static final int SESSIONS = Integer.getInteger("clickpipe.pgbench.sessions", 2);
    /** During the resyncs, and again during the syncs after them; with 5 or more each kind happens in both. */
    private static final int FAULTS = Integer.getInteger("clickpipe.pgbench.faults", 5);
    /** Written at least while the pipe syncs after its last resync. */
    private static final int TRANSACTIONS = Integer.getInteger("clickpipe.pgbench.transactions", 5_000);
    /** And so long at least. */
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("clickpipe.pgbench.seconds", 0));

    private static final int AFTER_PHASE = 300;
    private static final List<String> PHASES =
            List.of("Setup", "Snapshot", "Verification", "Catch-up", "Resync", "Running");
    private static final String PIPE = Pgbench.TABLES
            + """
            settings: {initialLoadParallelism: 2, snapshotNumRowsPerPartition: 1000, pullBatchSize: 2000,
                       syncIntervalSeconds: 1}
            """;

    private enum Fault {
        ENGINE_KILLED,
        SOURCE_CUT,
        TARGET_CUT,
        SOURCE_RESTARTED,
        TARGET_RESTARTED
    }

    private Random random;
    private int faults;
    private TestDatabase database;
    private TcpProxy source;
    private TcpProxy target;
    private String pipe;

    @BeforeEach
    void ways(TestDatabase fresh) {
        database = fresh;
        var postgres = database.servers().postgresPipeUser();
        var clickHouse = database.servers().clickHousePipeUser();
        source = TcpProxy.to(postgres.host(), postgres.port());
        target = TcpProxy.to(clickHouse.host(), clickHouse.port());
        pipe = database.pipeYaml(postgres.throughPort(source.port()), clickHouse.throughPort(target.port()), PIPE);
    }

    @AfterEach
    void closeWays() {
        source.close();
        target.close();
    }

    static LongStream seeds() {
        long first = Long.getLong(SEED_PROPERTY, new Random().nextInt(1_000_000));
        return LongStream.range(first, first + Integer.getInteger(SEEDS_PROPERTY, 1));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyTableEqualsItsSourceWhenTheWritersHaveStopped(long seed) throws InterruptedException {
        System.out.println("-D" + SEED_PROPERTY + "=" + seed);
        random = new Random(seed);
        faults = random.nextInt(Fault.values().length);
        try (Pgbench pgbench = Pgbench.tables(database, ACCOUNTS)) {
            EngineProcess.run(pipe, "create").assertSucceeded();
            pgbench.start(SESSIONS, seed);
            resyncUnderFaults(pgbench);
            syncUnderFaults(pgbench);
            pgbench.stop();
            EngineProcess.run(pipe, "sync", "--once").assertSucceeded();

            System.out.println(pgbench.transactions() + " transactions");
            pgbench.assertSame();
        }
    }

    /** A resync for each fault, and one more where the last was none that ended well. */
    private void resyncUnderFaults(Pgbench pgbench) {
        boolean succeeded = false;
        for (int i = 0; i < FAULTS; i++) {
            try (EngineProcess resync = EngineProcess.start(pipe, "resync")) {
                strike(resync, PHASES.get(random.nextInt(PHASES.size())), random.nextInt(AFTER_PHASE), pgbench);
                succeeded = assertEndedInOrder(resync) == 0;
            }
            awaitNoSession();
        }
        if (!succeeded) {
            EngineProcess.run(pipe, "resync").assertSucceeded();
        }
    }

    private void syncUnderFaults(Pgbench pgbench) {
        long enough = pgbench.transactions() + TRANSACTIONS;
        long end = System.nanoTime() + TIME.toNanos();
        EngineProcess sync = EngineProcess.start(pipe, "sync");
        try {
            for (int i = 0; i < FAULTS; i++) {
                if (!sync.isAlive()) {
                    sync = again(sync);
                }
                strike(sync, "Running", random.nextInt(1 + TRANSACTIONS / FAULTS), pgbench);
                EngineProcess struck = sync;
                long soon = pgbench.transactions() + AFTER_PHASE;
                Awaitility.await("its end, or that it goes on")
                        .atMost(EngineProcess.LIMIT)
                        .until(() -> !struck.isAlive() || pgbench.transactions() > soon);
            }
            if (!sync.isAlive()) {
                sync = again(sync);
                awaitPhase(sync, "Running");
            }
            pgbench.awaitMore(enough - pgbench.transactions());
            Awaitility.await("the end of the time")
                    .atMost(TIME.plus(EngineProcess.LIMIT))
                    .until(() -> System.nanoTime() - end > 0);
            if (sync.isAlive()) {
                sync.terminate();
            }
            assertEndedInOrder(sync);
        } finally {
            sync.close();
        }
        awaitNoSession();
    }

    private EngineProcess again(EngineProcess ended) {
        assertEndedInOrder(ended);
        ended.close();
        awaitNoSession();
        return EngineProcess.start(pipe, "sync");
    }

    /** Waits for a phase and for so many transactions, unless the process ends before, and lets a fault happen. */
    private void strike(EngineProcess engine, String phase, int transactions, Pgbench pgbench) {
        Fault fault = Fault.values()[faults++ % Fault.values().length];
        awaitPhase(engine, phase);
        pgbench.awaitMore(transactions);
        System.out.println(fault + " " + transactions + " transactions after the beginning of " + phase
                + (engine.isAlive() ? "" : ", which has ended"));
        switch (fault) {
            case ENGINE_KILLED -> engine.kill();
            case SOURCE_CUT -> source.cutAll();
            case TARGET_CUT -> target.cutAll();
            case SOURCE_RESTARTED -> database.servers().postgres().restart();
            case TARGET_RESTARTED -> database.servers().clickHouse().restart();
        }
    }

    private static void awaitPhase(EngineProcess engine, String phase) {
        Awaitility.await(phase)
                .atMost(EngineProcess.LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !engine.isAlive() || hasBegun(engine, phase));
    }

    private static boolean hasBegun(EngineProcess engine, String phase) {
        return engine.events().stream()
                .anyMatch(event -> event.path("phase").asText().equals(phase));
    }

    /** Done, killed, stopped, or failed with a sentence. */
    private static int assertEndedInOrder(EngineProcess engine) {
        EngineRun run = engine.awaitEnd();
        assertThat(run.exitCode()).as("exit code; the engine said: %s", run).isIn(0, 1, 130, 128 + 9);
        assertThat(run.output()).doesNotContain("\tat ");
        return run.exitCode();
    }

    /** The server has noticed that a killed process is gone, and with it its lock. */
    private void awaitNoSession() {
        Awaitility.await("the end of the sessions")
                .until(() -> database.querySource("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND application_name LIKE 'clickpipe-resync%'")
                        .isEmpty());
    }
}
