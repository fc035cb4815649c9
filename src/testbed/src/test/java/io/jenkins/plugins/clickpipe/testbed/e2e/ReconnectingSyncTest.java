package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A sync whose connections break goes on by itself. */
@WithServers
class ReconnectingSyncTest {
    private static final String PIPE =
            "tables: [{source: public.log, tableEngine: MergeTree}]\nsettings: {syncIntervalSeconds: 1}\n";

    private TestDatabase database;
    private TcpProxy source;
    private TcpProxy target;
    private String pipe;

    @BeforeEach
    void runningPipe(TestDatabase fresh) throws IOException {
        database = fresh;
        PostgresEndpoint postgres = database.servers().postgresPipeUser();
        ClickHouseEndpoint clickHouse = database.servers().clickHousePipeUser();
        source = TcpProxy.to(postgres.host(), postgres.port());
        target = TcpProxy.to(clickHouse.host(), clickHouse.port());
        pipe = database.pipeYaml(postgres.throughPort(source.port()), clickHouse.throughPort(target.port()), PIPE);
        database.executeSource("CREATE TABLE log (id int PRIMARY KEY)", "INSERT INTO log VALUES (1)");
        EngineProcess.run(pipe, "resync").assertSucceeded();
    }

    @AfterEach
    void closeProxies() throws IOException {
        source.close();
        target.close();
    }

    @Test
    void brokenConnectionsToEitherServerAreOpenedAgain() {
        try (EngineProcess sync = EngineProcess.start(pipe, "sync")) {
            follows(2);
            source.cutAll();
            follows(3);
            target.cutAll();
            follows(4);
            source.refuse();
            source.cutAll();
            database.executeSource("INSERT INTO log VALUES (5)");
            source.allow();
            follows(6);
            sync.terminate();
            EngineRun run = sync.awaitEnd().assertExit(130);
            assertThat(run.stderr()).contains("Sync tries again").doesNotContain("Exception");
        }
        assertThat(database.queryTarget("SELECT id FROM log ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id FROM log ORDER BY id"));
        new Footprint(database).assertNothingRuns();
    }

    @Test
    void aRestartOfTheSourceIsSatOut() {
        try (EngineProcess sync = EngineProcess.start(pipe, "sync")) {
            follows(2);
            database.servers().postgres().restart();
            follows(3);
            sync.terminate();
            sync.awaitEnd().assertExit(130);
        }
        new Footprint(database).assertNothingRuns();
    }

    @Test
    void aServerThatCannotBeReachedFromTheBeginningFailsAtOnce() {
        source.refuse();

        EngineProcess.run(pipe, "sync").assertRefused(1, "cannot be reached");
    }

    @Test
    void whatAServerSaysBeforeTheSyncBeginsComesWithTheNextStep() {
        database.executeTarget("ALTER TABLE _clickpipe_journal RENAME COLUMN kind TO sort");

        EngineProcess.run(pipe, "sync").assertExit(1).assertTells("while reading", "kind", "run the command again");
    }

    private void follows(int id) {
        database.executeSource("INSERT INTO log VALUES (" + id + ")");
        await().until(() ->
                !database.queryTarget("SELECT 1 FROM log WHERE id = " + id).isEmpty());
    }
}
