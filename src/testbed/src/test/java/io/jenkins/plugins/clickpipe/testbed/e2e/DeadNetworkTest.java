package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stop while the network to a server is dead: connections stay open, and nothing comes any more. */
@WithServers
class DeadNetworkTest {
    /** Less than what the engine waits for at most. */
    private static final Duration SOON = Duration.ofSeconds(40);

    private static final String PIPE =
            """
            tables: [{source: public.orders}]
            settings: {initialLoadParallelism: 4, snapshotNumRowsPerPartition: 1000, syncIntervalSeconds: 1}
            """;

    private TestDatabase database;
    private TcpProxy source;
    private TcpProxy target;
    private String pipe;

    @BeforeEach
    void tableBehindProxies(TestDatabase fresh) {
        database = fresh;
        PostgresEndpoint postgres = database.servers().postgresPipeUser();
        ClickHouseEndpoint clickHouse = database.servers().clickHousePipeUser();
        source = TcpProxy.to(postgres.host(), postgres.port());
        target = TcpProxy.to(clickHouse.host(), clickHouse.port());
        pipe = database.pipeYaml(postgres.throughPort(source.port()), clickHouse.throughPort(target.port()), PIPE);
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT g, repeat('x', 100) FROM generate_series(1, 100000) g",
                "ANALYZE orders");
    }

    @AfterEach
    void closeProxies() {
        source.close();
        target.close();
    }

    @Test
    void aStoppedLoadDoesNotWaitForTheSource() {
        try (EngineProcess resync = EngineProcess.start(pipe, "resync")) {
            resync.awaitPhase("Snapshot");
            source.pause();
            resync.terminate();

            EngineRun run = resync.awaitEnd(SOON).assertExit(130);

            assertThat(run.stderr())
                    .contains("Not all of what was begun could be cleaned up; the next command does that.")
                    .doesNotContain("given up", "Exception");
            assertThat(run.phases()).endsWith("Failed");
        }
        assertThat(new Footprint(database).resyncTables())
                .as("the other server is there")
                .isEmpty();
        nextResyncLeavesOneSlot();
    }

    @Test
    void aStoppedLoadDoesNotWaitForTheDestination() {
        try (EngineProcess resync = EngineProcess.start(pipe, "resync")) {
            resync.awaitPhase("Snapshot");
            target.pause();
            resync.terminate();

            EngineRun run = resync.awaitEnd(SOON).assertExit(130);

            assertThat(run.stderr())
                    .contains("Not all of what was begun could be cleaned up; the next command does that.")
                    .doesNotContain("given up", "Exception");
        }
        Footprint footprint = new Footprint(database);
        Awaitility.await()
                .atMost(EngineProcess.LIMIT)
                .until(() -> footprint.sessions().isEmpty());
        assertThat(footprint.slots()).as("the other server is there").isEmpty();
        nextResyncLeavesOneSlot();
    }

    @Test
    void aStoppedSyncDoesNotWaitForTheSource() {
        EngineProcess.run(pipe, "resync").assertSucceeded();
        try (EngineProcess sync = EngineProcess.start(pipe, "sync")) {
            awaitSynced(sync, 100_001);
            source.pause();
            sync.terminate();

            EngineRun run = sync.awaitEnd(SOON).assertExit(130);

            assertThat(run.stderr()).doesNotContain("given up", "Exception");
        }
        source.resume();
        source.cutAll();
        EngineProcess.run(pipe, "sync", "--once").assertSucceeded();
        assertSame();
    }

    @Test
    void aStoppedSyncDoesNotWaitForTheDestination() {
        EngineProcess.run(pipe, "resync").assertSucceeded();
        try (EngineProcess sync = EngineProcess.start(pipe, "sync")) {
            awaitSynced(sync, 100_001);
            target.pause();
            long before = source.bytesToClient();
            database.executeSource("INSERT INTO orders VALUES (100002, repeat('x', 10000))");
            Awaitility.await("the sync has the change")
                    .atMost(EngineProcess.LIMIT)
                    .until(() -> source.bytesToClient() > before + 10_000);
            sync.terminate();

            EngineRun run = sync.awaitEnd(SOON).assertExit(130);

            assertThat(run.stderr()).doesNotContain("given up", "Exception");
        }
        target.resume();
        target.cutAll();
        EngineProcess.run(pipe, "sync", "--once").assertSucceeded();
        assertSame();
    }

    private void awaitSynced(EngineProcess sync, int id) {
        sync.awaitPhase("Running");
        database.executeSource("INSERT INTO orders VALUES (" + id + ", 'synced')");
        Awaitility.await().atMost(EngineProcess.LIMIT).until(() -> !database.queryTarget(
                        "SELECT 1 FROM orders WHERE id = " + id)
                .isEmpty());
    }

    private void nextResyncLeavesOneSlot() {
        for (TcpProxy proxy : List.of(source, target)) {
            proxy.resume();
            proxy.cutAll();
        }
        Footprint footprint = new Footprint(database);
        footprint.assertNothingRuns();
        EngineProcess.run(pipe, "resync").assertSucceeded();
        assertThat(footprint.slots()).hasSize(1);
        assertThat(footprint.resyncTables()).isEmpty();
        assertSame();
    }

    private void assertSame() {
        assertThat(database.queryTarget("SELECT count(), sum(id) FROM orders FINAL"))
                .isEqualTo(database.querySource("SELECT count(*), sum(id) FROM orders"));
    }
}
