package io.jenkins.plugins.clickpipe.testbed.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.Secret;
import io.jenkins.plugins.clickpipe.engine.definition.TargetServer;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.swap.Swap;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A swap of four tables, one of them new, ended at each of its statements as a crash would end it, then repeated. */
@WithServers
class InterruptedSwapTest {
    private static final List<String> TABLES = List.of("a", "b", "c", "fresh");
    /** Three exchanges, a rename, three drops. */
    private static final int STATEMENTS = 7;

    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static ClickHouse connect(TestDatabase database, Consumer<String> statements) {
        ClickHouseEndpoint endpoint = database.servers().clickHousePipeUser();
        TargetServer server = new TargetServer(
                URI.create(endpoint.url()),
                database.targetDatabase(),
                endpoint.user(),
                new Secret(endpoint.password()));
        return new ClickHouse(server, "swap-test-", statements);
    }

    private static SwapPlan generations(TestDatabase database, ClickHouse clickHouse) {
        for (String table : TABLES) {
            database.executeTarget(
                    "DROP TABLE IF EXISTS " + table + " SYNC", "DROP TABLE IF EXISTS " + table + "_resync SYNC");
            if (!table.equals("fresh")) {
                database.executeTarget(
                        "CREATE TABLE " + table + " (generation String) ENGINE = MergeTree ORDER BY tuple()",
                        "INSERT INTO " + table + " VALUES ('old')");
            }
            database.executeTarget(
                    "CREATE TABLE " + table + "_resync (generation String) ENGINE = MergeTree ORDER BY tuple()",
                    "INSERT INTO " + table + "_resync VALUES ('new')");
        }
        TargetCatalog catalog = new TargetCatalog(clickHouse);
        List<SwapPlan.Step> steps = new ArrayList<>();
        for (String table : TABLES) {
            Map<String, UUID> uuids = catalog.uuids(Set.of(table, table + "_resync"));
            steps.add(new SwapPlan.Step(
                    table, table + "_resync", uuids.get(table + "_resync"), Optional.ofNullable(uuids.get(table))));
        }
        return new SwapPlan(steps);
    }

    private static Journal journal(ClickHouse clickHouse, String run) {
        return Journal.open(clickHouse, Clock.systemUTC(), "pipe", run);
    }

    private static void assertNewGenerationAlone(TestDatabase database) {
        for (String table : TABLES) {
            assertThat(database.queryTarget("SELECT generation FROM " + table)).containsExactly(List.of("new"));
        }
        assertThat(database.queryTarget("SHOW TABLES LIKE '%resync'")).isEmpty();
    }

    @Test
    void aSwapEndedAtAnyStatementIsCompletedByRepeatingIt(TestDatabase database) {
        for (int crashAt = 0; crashAt < STATEMENTS; crashAt++) {
            String run = "run" + crashAt;
            int[] seen = {0};
            int last = crashAt;
            try (ClickHouse observer = connect(database, sql -> {});
                    ClickHouse crashing = connect(database, sql -> {
                        if (seen[0]++ == last) {
                            throw new Crash();
                        }
                    })) {
                SwapPlan plan = generations(database, observer);
                Journal.open(observer, Clock.systemUTC(), "pipe", run);

                assertThatThrownBy(() -> new Swap(crashing, journal(crashing, run)).run(plan))
                        .as("crash at statement " + crashAt)
                        .isInstanceOf(Crash.class);

                Journal after = journal(observer, run + "again");
                PipeState.PendingSwap pending = after.state().pendingSwap().orElseThrow();
                assertThat(new Swap(observer, after).recover(pending)).isTrue();
                assertThat(journal(observer, run).state().pendingSwap()).isEmpty();
            }
            assertNewGenerationAlone(database);
        }
    }

    @Test
    void aTableThatCannotBeSwappedTakesAllTablesBack(TestDatabase database) {
        try (ClickHouse clickHouse = connect(database, sql -> {
            if (sql.startsWith("EXCHANGE") && sql.contains("`c`")) {
                // Between the look and the exchange somebody drops the table.
                database.executeTarget("DROP TABLE IF EXISTS c_resync SYNC");
            }
        })) {
            SwapPlan plan = generations(database, clickHouse);

            assertThatThrownBy(() -> new Swap(clickHouse, journal(clickHouse, "run")).run(plan))
                    .isInstanceOf(Swap.SwapTakenBackException.class)
                    .hasMessageContaining("readers see the originals as before");
            for (String table : List.of("a", "b", "c")) {
                assertThat(database.queryTarget("SELECT generation FROM " + table))
                        .containsExactly(List.of("old"));
            }
        }
    }

    @Test
    void aTableThatSomebodyReplacedBeforeTheSwapIsNotTouched(TestDatabase database) {
        try (ClickHouse clickHouse = connect(database, sql -> {})) {
            SwapPlan plan = generations(database, clickHouse);
            database.executeTarget(
                    "DROP TABLE b SYNC", "CREATE TABLE b (generation String) ENGINE = MergeTree ORDER BY tuple()");

            assertThatThrownBy(() -> new Swap(clickHouse, journal(clickHouse, "run")).run(plan))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("somebody changed it");
            assertThat(database.queryTarget("SELECT generation FROM a")).containsExactly(List.of("old"));
        }
    }
}
