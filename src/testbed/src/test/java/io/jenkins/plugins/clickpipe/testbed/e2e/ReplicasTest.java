package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.EngineTarget;
import io.jenkins.plugins.clickpipe.testbed.ReplicaPair;
import io.jenkins.plugins.clickpipe.testbed.ReplicaPair.Balance;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A balancer before replicas of which one lags: a command either reads what it has written, or refuses by name before
 * it touches anything.
 */
@WithServers
class ReplicasTest {
    private static final Duration LAG = Duration.ofSeconds(3);
    private static final String TABLES = "tables: [{source: public.documents}]\n";
    private static ReplicaPair replicas;

    private TestDatabase database;

    @BeforeAll
    static void startReplicas() {
        replicas = ReplicaPair.start(LAG, Balance.FIRST);
    }

    @AfterAll
    static void stopReplicas() {
        replicas.close();
    }

    @BeforeEach
    void documents(TestDatabase fresh) {
        database = fresh;
        replicas.balance(Balance.FIRST);
        replicas.lag(LAG);
        replicas.createDatabase(fresh.name());
        database.executeSource(
                "CREATE TABLE documents (id int PRIMARY KEY, note text, large text)",
                "ALTER TABLE documents ALTER COLUMN large SET STORAGE EXTERNAL",
                "INSERT INTO documents SELECT i, 'old', repeat('o', 5000) FROM generate_series(1, 50) i");
    }

    @ParameterizedTest
    @EnumSource(names = {"REQUESTS", "CONNECTIONS"})
    void aBalancerThatGivesReadsToReplicasInTurnIsRefusedBeforeAnythingIsTouched(Balance balance) {
        replicas.balance(balance);

        EngineRun check = through(replicas.pipeUser(), "check");
        assertThat(check.exitCode()).as(check.toString()).isEqualTo(1);
        assertThat(check.output()).contains("answered by 2 servers", "target.url");
        through(replicas.pipeUser(), "resync").assertRefused(1, "answered by 2 servers", "target.url");

        Footprint footprint = new Footprint(database);
        assertThat(footprint.slots()).isEmpty();
        assertThat(footprint.publications()).isEmpty();
        assertThat(tables()).isEmpty();
    }

    /** Without the refusal 18 of 50 rows kept an old large value for ever. */
    @Test
    void aRunningPipeThatComesBehindSuchABalancerLosesNothing() {
        through(replicas.pipeUser(), "resync").assertSucceeded();
        database.executeSource(
                "UPDATE documents SET large = repeat('n', 6000)", "UPDATE documents SET note = 'touched'");
        replicas.balance(Balance.REQUESTS);

        through(replicas.pipeUser(), "sync", "--once").assertRefused(1, "answered by 2 servers");
        assertThat(first("SELECT DISTINCT note FROM documents FINAL")).containsExactly(List.of("old"));

        replicas.balance(Balance.FIRST);
        through(replicas.pipeUser(), "sync", "--once").assertSucceeded();
        assertSame();
    }

    @Test
    void aBalancerThatKeepsAClientOnOneReplicaGivesEqualTables() {
        through(replicas.pipeUser(), "resync").assertSucceeded();
        assertSame();
        for (int round = 0; round < 3; round++) {
            database.executeSource(
                    "UPDATE documents SET large = repeat('" + round + "', 6000) WHERE id % 3 = " + round,
                    "UPDATE documents SET note = 'round " + round + "'",
                    "DELETE FROM documents WHERE id = " + (40 + round));
            through(replicas.pipeUser(), "sync", "--once").assertSucceeded();
            assertSame();
        }
        through(replicas.pipeUser(), "resync").assertSucceeded();
        assertSame();
        replicas.settle();
        assertThat(replicas.second().admin().query(database.name(), ALIVE)).isEqualTo(source());
    }

    @Test
    void aJournalThatShowsLessThanItWasSeenToHoldIsNotRelivedButWaitedForThenRefused() {
        try (ClickHouse target = EngineTarget.open(replicas.pipeUser(), database.name())) {
            Journal journal = Journal.open(target, Clock.systemUTC(), "orders", "run-1");
            journal.append(EntryKind.STATISTICS_CLEARED, Journal.object());
            replicas.balance(Balance.SECOND);

            assertThat(Journal.read(target, "orders"))
                    .as("read when it had arrived")
                    .hasSize(1);

            replicas.lag(Duration.ofMinutes(5));
            journal.append(EntryKind.STATISTICS_CLEARED, Journal.object());
            assertThatThrownBy(() -> Journal.read(target, "orders"))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("shows less of the journal of pipe orders")
                    .hasMessageContaining("one server");
        }
    }

    private EngineRun through(ClickHouseEndpoint target, String command, String... options) {
        return EngineProcess.run(
                database.pipeYaml(database.servers().postgresPipeUser(), target, TABLES), command, options);
    }

    private static final String ALIVE =
            "SELECT id, note, large FROM documents FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id";

    private void assertSame() {
        assertThat(first(ALIVE)).isEqualTo(source());
    }

    private List<List<String>> source() {
        return database.querySource("SELECT id, note, large FROM documents ORDER BY id");
    }

    private List<List<String>> first(String sql) {
        return replicas.first().admin().query(database.name(), sql);
    }

    private List<List<String>> tables() {
        return first("SELECT name FROM system.tables WHERE database = currentDatabase()");
    }
}
