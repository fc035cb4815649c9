package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** pause and resume while another process works on the pipe. */
@WithServers
class PauseTest {
    private static final String PIPE =
            "tables: [{source: public.orders}]\nsettings: {syncIntervalSeconds: 1, pullBatchSize: 10}\n";

    private TestDatabase database;

    @BeforeEach
    void runningPipe(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'old' FROM generate_series(1, 20) i");
        run("resync").assertSucceeded();
    }

    @Test
    void aRunningSyncEndsAndSaysWhoHasPausedIt() throws IOException {
        try (EngineProcess sync = start("sync")) {
            sync.awaitPhase("Running");
            database.executeSource("UPDATE orders SET note = 'before' WHERE id = 1");
            Awaitility.await().atMost(EngineProcess.LIMIT).untilAsserted(this::assertSame);

            run("drop").assertRefused(1, "is being worked on by");
            run("pause", "--by", "Ann Smith").assertSucceeded().assertTells("Paused");

            EngineRun ended = sync.awaitEnd().assertSucceeded().assertTells("Paused by Ann Smith");
            assertThat(ended.phases()).containsExactly("Running", "Paused");
            JsonNode finished = ended.events().get(ended.events().size() - 1);
            assertThat(finished.path("status").asText()).isEqualTo("Paused");
        }
        JsonNode status = status();
        assertThat(status.path("status").asText()).isEqualTo("Paused");
        assertThat(status.path("reason").asText()).contains("Ann Smith", "resume");
        database.executeSource("UPDATE orders SET note = 'while paused' WHERE id = 2");
        run("sync", "--once").assertRefused(1, "paused", "Ann Smith", "resume");

        run("resume", "--by", "Bob Jones").assertSucceeded();
        assertThat(database.queryTarget("SELECT data FROM _clickpipe_journal WHERE kind = 'STATUS'"
                        + " ORDER BY sequence DESC LIMIT 1"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.get(0)).contains("RUNNING", "Bob Jones"));
        run("sync", "--once").assertSucceeded();
        assertSame();
    }

    /** The sync is held by a pause of its way to ClickHouse. */
    @Test
    void aPipeIsPausingUntilTheBatchHasEndedAndResumeWithdrawsIt() throws IOException {
        ClickHouseEndpoint target = database.servers().clickHousePipeUser();
        try (TcpProxy proxy = TcpProxy.to(target.host(), target.port());
                EngineProcess sync = EngineProcess.start(
                        database.pipeYaml(
                                database.servers().postgresPipeUser(), target.throughPort(proxy.port()), PIPE),
                        "sync")) {
            sync.awaitPhase("Running");
            proxy.pause();
            database.executeSource("UPDATE orders SET note = 'slow' WHERE id <= 20");
            try (EngineProcess pause = start("pause")) {
                Awaitility.await().atMost(EngineProcess.LIMIT).untilAsserted(() -> assertThat(
                                journal("PAUSE_REQUESTED"))
                        .isEqualTo(1));
                run("resume").assertSucceeded().assertTells("withdrawn");
                assertThat(status().path("status").asText()).isEqualTo("Running");
                pause.awaitEnd().assertRefused(1, "withdrawn");
            }
            proxy.resume();
            database.executeSource("UPDATE orders SET note = 'goes on' WHERE id = 3");
            Awaitility.await().atMost(EngineProcess.LIMIT).untilAsserted(this::assertSame);
            assertThat(sync.isAlive()).isTrue();
        }
    }

    @Test
    void aSyncThatDiedBeforeItCouldPauseIsPausedByTheNextCommand() throws IOException {
        try (EngineProcess sync = start("sync")) {
            sync.awaitPhase("Running");
            sync.kill();
        }
        database.executeTarget(
                """
                INSERT INTO _clickpipe_journal SELECT pipe, 'ask', max(sequence) + 1, now64(6), 'PAUSE_REQUESTED', '',
                       '{"by": "ann"}' FROM _clickpipe_journal GROUP BY pipe""");
        assertThat(status().path("status").asText()).isEqualTo("Pausing");

        run("sync", "--once").assertRefused(1, "paused by ann");

        assertThat(status().path("status").asText()).isEqualTo("Paused");
        run("resume").assertSucceeded();
        run("sync", "--once").assertSucceeded();
    }

    @Test
    void aPauseDuringAResyncIsRefused() {
        try (HeldLoad load = HeldLoad.start(database, PIPE)) {
            run("pause").assertRefused(1, "cannot be paused at Snapshot", "resync");
            load.release();
            load.process().awaitEnd().assertSucceeded();
        }
        run("sync", "--once").assertSucceeded();
    }

    private int journal(String kind) {
        return Integer.parseInt(
                database.queryTarget("SELECT count() FROM _clickpipe_journal WHERE kind = '" + kind + "'")
                        .get(0)
                        .get(0));
    }

    private JsonNode status() throws IOException {
        return new ObjectMapper()
                .readTree(run("status", "--json").assertSucceeded().stdout());
    }

    private void assertSame() {
        assertThat(database.queryTarget("SELECT id, note FROM orders FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, note FROM orders ORDER BY id"));
    }

    private EngineProcess start(String command, String... options) {
        return EngineProcess.start(database.pipeYaml(PIPE), command, options);
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(PIPE), command, options);
    }
}
