package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** approveSwap: a resync waits between verification and swap for a person. */
@WithServers
class ApprovedSwapTest {
    private static final String TABLES =
            "tables: [{source: public.orders}, {source: public.log, tableEngine: MergeTree}]\n";
    private static final String WAITING = TABLES + "settings: {approveSwap: true, syncIntervalSeconds: 1}\n";

    private TestDatabase database;

    @BeforeEach
    void runningPipe(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "CREATE TABLE log (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'old' FROM generate_series(1, 300) i",
                "INSERT INTO log SELECT i, 'old' FROM generate_series(1, 20) i");
        run(TABLES, "resync").assertSucceeded();
        database.executeSource("UPDATE orders SET note = 'since' WHERE id < 10");
    }

    @Test
    void theSwapComesAfterTheApprovalWithWhatWasWrittenMeanwhile() throws IOException {
        try (EngineProcess resync = EngineProcess.start(database.pipeYaml(WAITING), "resync")) {
            resync.awaitPhase("Approval");
            List<List<String>> originals = database.queryTarget("SELECT * FROM orders ORDER BY ALL");
            write("meanwhile");
            awaitInResyncTable("meanwhile");
            assertThat(database.queryTarget("SELECT * FROM orders ORDER BY ALL"))
                    .isEqualTo(originals);
            JsonNode status = status();
            assertThat(status.path("status").asText()).isEqualTo("Snapshot");
            assertThat(status.path("approval").path("until").asText())
                    .isEqualTo(approvals(resync.events()).get(0).path("until").asText());
            assertThat(run(WAITING, "status").stdout()).contains("awaits approval since", "approve --reject");

            run(WAITING, "approve", "--by", "Ann Smith").assertSucceeded().assertTells("approved by Ann Smith");
            EngineRun run = resync.awaitEnd().assertSucceeded().assertTells("approved by Ann Smith");

            assertThat(run.phases()).containsSubsequence("Verification", "Approval", "Resync", "Running");
            assertThat(approvals(run.events()))
                    .extracting(
                            e -> e.path("state").asText() + " " + e.path("by").asText())
                    .containsExactly("awaited null", "approved Ann Smith");
        }
        assertSame();
        assertThat(status().path("approval").isNull()).isTrue();
        write("afterwards");
        run(WAITING, "sync", "--once").assertSucceeded();
        assertSame();
    }

    @Test
    void aRejectedSwapLeavesTheOriginalsAndNothingElse() {
        List<List<String>> originals = database.queryTarget("SELECT * FROM orders ORDER BY ALL");
        try (EngineProcess resync = EngineProcess.start(database.pipeYaml(WAITING), "resync")) {
            resync.awaitPhase("Approval");
            run(WAITING, "approve", "--reject", "--by", "bob").assertSucceeded();

            EngineRun run =
                    resync.awaitEnd().assertRefused(1, "rejected by bob", "original tables", "Run resync again");
            assertThat(approvals(run.events()))
                    .extracting(e -> e.path("state").asText())
                    .containsExactly("awaited", "rejected");
        }
        assertThat(database.queryTarget("SELECT * FROM orders ORDER BY ALL")).isEqualTo(originals);
        new Footprint(database).assertNothingLeft();
        run(WAITING, "approve").assertRefused(1, "No resync of pipe", "awaits approval", "Failed");
    }

    @Test
    void aSwapThatNobodyApprovesInTimeIsGivenUp() {
        EngineRun run = run(WAITING.replace("}\n", ", approvalTimeout: 2s}\n"), "resync");

        run.assertRefused(1, "Nobody has approved the swap within 2s", "original tables");
        assertThat(approvals(run.events()))
                .extracting(e -> e.path("state").asText())
                .containsExactly("awaited", "expired");
        new Footprint(database).assertNothingLeft();
    }

    @Test
    void aStopEndsTheWaiting() {
        try (EngineProcess resync = EngineProcess.start(database.pipeYaml(WAITING), "resync")) {
            resync.awaitPhase("Approval");
            resync.terminate();
            resync.awaitEnd().assertExit(130);
        }
        new Footprint(database).assertNothingLeft();
    }

    @Test
    void aProcessThatDiedWaitingCannotBeApproved() {
        try (EngineProcess resync = EngineProcess.start(database.pipeYaml(WAITING), "resync")) {
            resync.awaitPhase("Approval");
            resync.kill();
        }
        Awaitility.await().atMost(EngineProcess.LIMIT).untilAsserted(() -> run(WAITING, "approve")
                .assertRefused(1, "awaits approval any more", "Run resync again"));
    }

    @Test
    void withoutCatchingUpItWaitsAsWellAndTheOriginalsGoOn() {
        String settings = TABLES
                + "settings: {approveSwap: true, catchUpBeforeSwap: false, keepOriginalLive: true, syncIntervalSeconds: 1}\n";
        try (EngineProcess resync = EngineProcess.start(database.pipeYaml(settings), "resync")) {
            resync.awaitPhase("Approval");
            write("meanwhile");
            Awaitility.await().atMost(EngineProcess.LIMIT).untilAsserted(this::assertSame);

            run(settings, "approve").assertSucceeded();
            resync.awaitEnd().assertSucceeded();
        }
        run(settings, "sync", "--once").assertSucceeded();
        assertSame();
    }

    @Test
    void brokenConnectionsAreOpenedAgainWhileItWaits() {
        String throughProxies = WAITING.replace("}\n", ", keepOriginalLive: true}\n");
        try (TcpProxy proxy = TcpProxy.to(
                        database.servers().postgresPipeUser().host(),
                        database.servers().postgresPipeUser().port());
                EngineProcess resync = EngineProcess.start(
                        database.pipeYaml(
                                database.servers().postgresPipeUser().throughPort(proxy.port()),
                                database.servers().clickHousePipeUser(),
                                throughProxies),
                        "resync")) {
            resync.awaitPhase("Approval");
            proxy.cutAll();
            write("after the cut");
            awaitInResyncTable("after the cut");
            Awaitility.await().atMost(EngineProcess.LIMIT).untilAsserted(this::assertSame);

            run(WAITING, "approve").assertSucceeded();
            resync.awaitEnd().assertSucceeded().assertTells("tries again");
        }
        assertSame();
    }

    private void write(String note) {
        database.executeSource(
                "UPDATE orders SET note = '" + note + "' WHERE id = 7",
                "DELETE FROM orders WHERE id = (SELECT max(id) FROM orders)",
                "INSERT INTO log SELECT max(id) + 1, '" + note + "' FROM log");
    }

    private void awaitInResyncTable(String note) {
        Awaitility.await().atMost(EngineProcess.LIMIT).untilAsserted(() -> assertThat(
                        database.queryTarget("SELECT note FROM orders_resync FINAL WHERE id = 7"))
                .containsExactly(List.of(note)));
    }

    private static List<JsonNode> approvals(List<JsonNode> events) {
        return events.stream()
                .filter(event -> event.path("type").asText().equals("approval"))
                .toList();
    }

    private JsonNode status() throws IOException {
        return new ObjectMapper()
                .readTree(run(WAITING, "status", "--json").assertSucceeded().stdout());
    }

    /** log is a MergeTree: each row stands there once. */
    private void assertSame() {
        assertThat(database.queryTarget("SELECT id, note FROM orders FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, note FROM orders ORDER BY id"));
        assertThat(database.queryTarget("SELECT id, note FROM log ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, note FROM log ORDER BY id"));
    }

    private EngineRun run(String tablesAndSettings, String command, String... options) {
        return EngineProcess.run(database.pipeYaml(tablesAndSettings), command, options);
    }
}
