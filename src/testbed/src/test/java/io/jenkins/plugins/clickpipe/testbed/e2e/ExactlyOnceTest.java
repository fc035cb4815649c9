package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseServer;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import io.jenkins.plugins.clickpipe.testbed.e2e.BreakingProxy.Budget;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Invariant 5: whatever breaks during the load, each row arrives once, with and without a primary key. The seed is
 * printed; the system property {@value #SEED_PROPERTY} repeats one.
 */
@WithServers
class ExactlyOnceTest {
    private static final String SEED_PROPERTY = "clickpipe.e2e.seed";
    private static final long SEED = Long.getLong(SEED_PROPERTY, new Random().nextLong());
    private static final int ROWS = 60_000;
    private static final int CUTS = 8;
    private static final String PIPE =
            """
            tables: [{source: public.keyed}, {source: public.keyless}]
            settings: {initialLoadParallelism: 3, snapshotNumRowsPerPartition: 2000}
            """;

    private TestDatabase database;
    private PostgresEndpoint postgres;
    private ClickHouseEndpoint clickHouse;

    @BeforeEach
    void tables(TestDatabase fresh) {
        System.out.println("-D" + SEED_PROPERTY + "=" + SEED);
        database = fresh;
        postgres = fresh.servers().postgresPipeUser();
        clickHouse = fresh.servers().clickHousePipeUser();
        String rows = " SELECT i, i % 100, repeat(md5(i::text), 3) FROM generate_series(1, " + ROWS + ") i";
        database.executeSource(
                "CREATE TABLE keyed (id bigint PRIMARY KEY, n int, note text)",
                "INSERT INTO keyed" + rows,
                "CREATE TABLE keyless (id bigint, n int, note text)",
                "ALTER TABLE keyless REPLICA IDENTITY FULL",
                "INSERT INTO keyless" + rows,
                "ANALYZE");
    }

    @Test
    void connectionsOfBothSidesBreakInMidData() {
        try (BreakingProxy source = new BreakingProxy(
                        postgres.host(), postgres.port(), Budget.UNLIMITED, new Budget(20_000, 400_000), CUTS, SEED);
                BreakingProxy target = new BreakingProxy(
                        clickHouse.host(),
                        clickHouse.port(),
                        new Budget(50_000, 500_000),
                        Budget.UNLIMITED,
                        CUTS,
                        SEED)) {
            EngineProcess.run(through(source.port(), target.port()), "resync").assertSucceeded();

            assertThat(source.cuts()).isEqualTo(CUTS);
            assertThat(target.cuts()).isEqualTo(CUTS);
        }
        assertEachRowOnce(database::queryTarget);
    }

    /** The server has taken the rows and the engine does not hear of it. */
    @Test
    void answersToInsertsAreLost() {
        // an answer has some hundred bytes; the first requests, which set up the journal, are spared
        try (BreakingProxy target = new BreakingProxy(
                clickHouse.host(), clickHouse.port(), Budget.UNLIMITED, new Budget(12_000, 20_000), CUTS, SEED)) {
            EngineProcess.run(through(postgres.port(), target.port()), "resync").assertSucceeded();

            assertThat(target.cuts()).isPositive();
        }
        assertEachRowOnce(database::queryTarget);
    }

    @Test
    void clickHouseDiesInTheLoadAndComesBack() {
        try (ClickHouseServer server = ClickHouseServer.start()) {
            server.createDatabase(database.name());
            ClickHouseEndpoint admin = server.admin();
            try (EngineProcess engine =
                    EngineProcess.start(database.pipeYaml(postgres, server.pipeUser(), PIPE), "resync")) {
                engine.awaitPhase("Snapshot");
                Awaitility.await()
                        .atMost(EngineProcess.LIMIT)
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> !admin.query(database.name(), "SELECT 1 FROM keyed_resync LIMIT 1")
                                .isEmpty());
                server.kill();
                server.startAgain();
                engine.awaitEnd().assertSucceeded();
            }
            assertEachRowOnce(sql -> server.admin().query(database.name(), sql));
        }
    }

    /** With the session that exports the snapshot gone, only a new run can load; readers notice nothing. */
    @Test
    void aLostSnapshotFailsTheRunAndTheNextOneSucceeds() {
        EngineProcess.run(database.pipeYaml(PIPE), "resync").assertSucceeded();
        List<List<String>> before = database.queryTarget("SELECT count(), sum(cityHash64(*)) FROM keyed");
        try (TcpProxy proxy = TcpProxy.to(postgres.host(), postgres.port());
                EngineProcess engine = EngineProcess.start(through(proxy.port(), clickHouse.port()), "resync")) {
            engine.awaitPhase("Snapshot");
            proxy.cutAll();

            engine.awaitEnd().assertRefused(1, "snapshot", "Readers see the original tables as before", "resync");
        }
        assertThat(database.queryTarget("SELECT count(), sum(cityHash64(*)) FROM keyed"))
                .isEqualTo(before);
        Footprint footprint = new Footprint(database);
        footprint.assertNothingRuns();

        EngineProcess.run(database.pipeYaml(PIPE), "resync").assertSucceeded();

        assertThat(footprint.slots()).hasSize(1);
        assertThat(footprint.resyncTables()).isEmpty();
        assertEachRowOnce(database::queryTarget);
    }

    private String through(int sourcePort, int targetPort) {
        return database.pipeYaml(postgres.throughPort(sourcePort), clickHouse.throughPort(targetPort), PIPE);
    }

    /** Without FINAL: nothing is left to merging. */
    private void assertEachRowOnce(Function<String, List<List<String>>> target) {
        String sums = "SELECT count(*), count(DISTINCT id), sum(id), sum(n), min(note), max(note) FROM ";
        for (String table : List.of("keyed", "keyless")) {
            assertThat(target.apply(sums + table)).as(table).isEqualTo(database.querySource(sums + table));
        }
    }
}
