package io.jenkins.plugins.clickpipe.testbed.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.swap.OutgoingTables;
import io.jenkins.plugins.clickpipe.engine.swap.Swap;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Keep;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import io.jenkins.plugins.clickpipe.testbed.EngineTarget;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Swaps and rollbacks of four tables, one of them new, ended at each of their statements as a crash would end them, then
 * repeated.
 */
@WithServers
class InterruptedSwapTest {
    private static final List<String> TABLES = List.of("a", "b", "c", "fresh");
    /** Three exchanges, a rename, three drops. */
    private static final int STATEMENTS = 7;
    /** Three exchanges, a rename; then three renames of the old tables and as many comments. */
    private static final int KEEPING_STATEMENTS = 10;
    /** Three exchanges, a rename; then a comment for each of the four that go and the three that come back. */
    private static final int ROLLBACK_STATEMENTS = 11;

    private static final Keep KEEP = new Keep("run", Instant.parse("2100-01-01T00:00:00Z"));

    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** @param keep as in the plan */
    private static SwapPlan generations(TestDatabase database, ClickHouse clickHouse, Optional<Keep> keep) {
        for (String table : TABLES) {
            database.executeTarget(
                    "DROP TABLE IF EXISTS " + table + " SYNC",
                    "DROP TABLE IF EXISTS " + table + "_resync SYNC",
                    "DROP TABLE IF EXISTS " + kept(table) + " SYNC");
            if (!table.equals("fresh")) {
                database.executeTarget(
                        "CREATE TABLE " + table
                                + " (generation String) ENGINE = MergeTree ORDER BY tuple() COMMENT 'own'",
                        "INSERT INTO " + table + " VALUES ('old')");
            }
            database.executeTarget(
                    "CREATE TABLE " + table + "_resync (generation String) ENGINE = MergeTree ORDER BY tuple()",
                    "INSERT INTO " + table + "_resync VALUES ('new')");
        }
        return plan(clickHouse, SwapPlan.Kind.SWAP, keep);
    }

    private static String kept(String table) {
        return SwapPlan.previousName(table, KEEP.generation());
    }

    /** What stands under the names now changes places. */
    private static SwapPlan plan(ClickHouse clickHouse, SwapPlan.Kind kind, Optional<Keep> keep) {
        TargetCatalog catalog = new TargetCatalog(clickHouse);
        List<SwapPlan.Step> steps = new ArrayList<>();
        for (String table : TABLES) {
            String other = kind == SwapPlan.Kind.SWAP ? table + "_resync" : kept(table);
            Map<String, TargetTable> present = catalog.tables(Set.of(table, other));
            String comment = kind == SwapPlan.Kind.SWAP ? "" : "own";
            steps.add(new SwapPlan.Step(
                    table,
                    other,
                    Optional.ofNullable(present.get(other)).map(t -> new SwapPlan.Table(t.uuid(), comment)),
                    Optional.ofNullable(present.get(table)).map(t -> new SwapPlan.Table(t.uuid(), t.comment())),
                    keep.map(k -> kept(table))));
        }
        return new SwapPlan(kind, steps, keep, Optional.empty(), Optional.empty());
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
            try (ClickHouse observer = EngineTarget.of(database, sql -> {})) {
                crashAndRepeat(database, generations(database, observer, Optional.empty()), crashAt);
            }
            assertNewGenerationAlone(database);
        }
    }

    @Test
    void aSwapThatKeepsTheOldTablesIsCompletedByRepeatingIt(TestDatabase database) {
        for (int crashAt = 0; crashAt < KEEPING_STATEMENTS; crashAt++) {
            try (ClickHouse observer = EngineTarget.of(database, sql -> {})) {
                crashAndRepeat(database, generations(database, observer, Optional.of(KEEP)), crashAt);

                assertThat(journal(observer, "look").state().generations().kept())
                        .singleElement()
                        .satisfies(kept -> assertThat(kept.tables()).hasSize(4));
            }
            for (String table : List.of("a", "b", "c")) {
                assertGeneration(database, table, "new");
                assertGeneration(database, kept(table), "old");
                assertThat(comment(database, kept(table))).contains("pipe pipe", "run " + KEEP.generation());
            }
            assertGeneration(database, "fresh", "new");
            assertThat(database.queryTarget("EXISTS TABLE " + kept("fresh"))).containsExactly(List.of("0"));
            assertThat(database.queryTarget("SHOW TABLES LIKE '%resync'")).isEmpty();
        }
    }

    @Test
    void aRollbackEndedAtAnyStatementIsCompletedByRepeatingItAndCanBeTakenBack(TestDatabase database) {
        for (int crashAt = 0; crashAt < ROLLBACK_STATEMENTS; crashAt++) {
            try (ClickHouse observer = EngineTarget.of(database, sql -> {})) {
                new Swap(observer, journal(observer, "swap" + crashAt))
                        .run(generations(database, observer, Optional.of(KEEP)));

                crashAndRepeat(database, plan(observer, SwapPlan.Kind.ROLLBACK, Optional.of(KEEP)), crashAt);

                assertThat(journal(observer, "look").state().generations().rolledBack())
                        .containsExactlyElementsOf(TABLES);
                for (String table : List.of("a", "b", "c")) {
                    assertGeneration(database, table, "old");
                    assertThat(comment(database, table)).isEqualTo("own");
                    assertGeneration(database, kept(table), "new");
                    assertThat(comment(database, kept(table))).contains("pipe pipe");
                }
                assertThat(database.queryTarget("EXISTS TABLE fresh")).containsExactly(List.of("0"));
                assertGeneration(database, kept("fresh"), "new");

                new Swap(observer, journal(observer, "back" + crashAt))
                        .run(plan(observer, SwapPlan.Kind.ROLLBACK, Optional.of(KEEP)));
                TABLES.forEach(table -> assertGeneration(database, table, "new"));
                assertThat(journal(observer, "look").state().generations().rolledBack())
                        .isEmpty();
            }
        }
    }

    @Test
    void expiredTablesAreDroppedByTheirUuidAlone(TestDatabase database) {
        try (ClickHouse clickHouse = EngineTarget.of(database, sql -> {})) {
            Journal journal = journal(clickHouse, "run");
            new Swap(clickHouse, journal).run(generations(database, clickHouse, Optional.of(KEEP)));
            database.executeTarget(
                    "DROP TABLE " + kept("b") + " SYNC",
                    "CREATE TABLE " + kept("b") + " (mine UInt8) ENGINE = MergeTree ORDER BY tuple()");

            new OutgoingTables(clickHouse, journal)
                    .drop(journal.state().generations().kept());

            assertThat(database.queryTarget("SHOW TABLES LIKE '%previous%'"))
                    .as("the table that somebody else has put there")
                    .containsExactly(List.of(kept("b")));
            assertThat(journal.state().generations().kept()).isEmpty();
        }
    }

    /** The statements of a plan all happen but the one at which the process ends; then another process goes on. */
    private static void crashAndRepeat(TestDatabase database, SwapPlan plan, int crashAt) {
        String run = plan.kind() + "-" + plan.keep().isPresent() + "-" + crashAt;
        int[] seen = {0};
        try (ClickHouse observer = EngineTarget.of(database, sql -> {});
                ClickHouse crashing = EngineTarget.of(database, sql -> {
                    if (seen[0]++ == crashAt) {
                        throw new Crash();
                    }
                })) {
            journal(observer, run);
            assertThatThrownBy(() -> new Swap(crashing, journal(crashing, run)).run(plan))
                    .as("crash at statement " + crashAt)
                    .isInstanceOf(Crash.class);

            Journal after = journal(observer, run + "-again");
            PipeState.PendingSwap pending = after.state().pendingSwap().orElseThrow();
            assertThat(new Swap(observer, after).recover(pending)).isTrue();
            after.append(EntryKind.STATUS, "status", "RUNNING");
            assertThat(journal(observer, run).state().pendingSwap()).isEmpty();
        }
    }

    private static void assertGeneration(TestDatabase database, String table, String generation) {
        assertThat(database.queryTarget("SELECT generation FROM " + table))
                .as(table)
                .containsExactly(List.of(generation));
    }

    private static String comment(TestDatabase database, String table) {
        return database.queryTarget("SELECT comment FROM system.tables WHERE database = currentDatabase() AND name = '"
                        + table + "'")
                .get(0)
                .get(0);
    }

    @Test
    void aTableThatCannotBeSwappedTakesAllTablesBack(TestDatabase database) {
        try (ClickHouse clickHouse = EngineTarget.of(database, sql -> {
            if (sql.startsWith("EXCHANGE") && sql.contains("`c`")) {
                // Between the look and the exchange somebody drops the table.
                database.executeTarget("DROP TABLE IF EXISTS c_resync SYNC");
            }
        })) {
            SwapPlan plan = generations(database, clickHouse, Optional.empty());

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
        try (ClickHouse clickHouse = EngineTarget.of(database, sql -> {})) {
            SwapPlan plan = generations(database, clickHouse, Optional.empty());
            database.executeTarget(
                    "DROP TABLE b SYNC", "CREATE TABLE b (generation String) ENGINE = MergeTree ORDER BY tuple()");

            assertThatThrownBy(() -> new Swap(clickHouse, journal(clickHouse, "run")).run(plan))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("somebody changed it");
            assertThat(database.queryTarget("SELECT generation FROM a")).containsExactly(List.of("old"));
        }
    }
}
