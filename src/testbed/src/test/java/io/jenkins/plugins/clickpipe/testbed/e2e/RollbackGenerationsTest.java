package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.PipeFile;
import io.jenkins.plugins.clickpipe.engine.definition.TablePattern;
import io.jenkins.plugins.clickpipe.engine.report.Events;
import io.jenkins.plugins.clickpipe.engine.report.Redaction;
import io.jenkins.plugins.clickpipe.engine.report.StatementLog;
import io.jenkins.plugins.clickpipe.engine.resync.Resync;
import io.jenkins.plugins.clickpipe.engine.resync.Rollback;
import io.jenkins.plugins.clickpipe.engine.resync.RunId;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rollback takes back the newest swap, or refuses; whatever loads, rollbacks and expiries came before it. */
@WithServers
class RollbackGenerationsTest {
    private static final List<String> TABLES = List.of("a", "b");

    private TestDatabase database;
    private Clock clock = Clock.systemUTC();
    /** By load, from 1, what readers had after it: tables by name and UUID. */
    private final List<Map<String, String>> loads = new ArrayList<>();

    @BeforeEach
    void twoTables(TestDatabase fresh) {
        database = fresh;
        for (String table : TABLES) {
            database.executeSource("CREATE TABLE " + table + " (id int PRIMARY KEY)");
        }
    }

    @Test
    void aLoadThatKeepsNothingLeavesNoOlderOneToRollBackTo() {
        resync("1h", Optional.empty());
        resync("1h", Optional.empty());
        resync("0h", Optional.empty());

        assertThatThrownBy(this::rollback)
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("Nothing was rolled back")
                .hasMessageContaining("readers would get");

        assertThat(inPlace()).isEqualTo(load(3));
        assertThat(EngineProcess.run(pipe("1h"), "status").assertSucceeded().stdout())
                .contains("rollback does not put these back");
    }

    @Test
    void aKeptPartBeforeAnUnkeptWholeIsNotMixedIntoIt() {
        resync("0h", Optional.empty());
        resync("1h", Optional.of("a"));
        resync("0h", Optional.empty());

        assertThatThrownBy(this::rollback).hasMessageContaining("Nothing was rolled back");

        assertThat(inPlace()).isEqualTo(load(3));
    }

    @Test
    void aPartIsRolledBackAlone() {
        resync("0h", Optional.empty());
        resync("1h", Optional.empty());
        resync("1h", Optional.of("a"));

        rollback();

        assertThat(inPlace()).isEqualTo(load(2));
    }

    @Test
    void anOlderGenerationThatOutlivesTheNewestIsNotWhatARollbackMeans() {
        resync("0h", Optional.empty());
        resync("24h", Optional.empty());
        resync("1s", Optional.empty());

        Awaitility.await().untilAsserted(() -> assertThat(previousTables()).hasSize(2));
        Awaitility.await().pollDelay(Duration.ofMillis(1100)).untilAsserted(() -> assertThatThrownBy(this::rollback)
                .hasMessageContaining("Nothing was rolled back"));

        assertThat(inPlace()).isEqualTo(load(3));
    }

    @Test
    void theServersClockSaysWhetherAKeptGenerationIsOver() {
        resync("0h", Optional.empty());
        resync("1h", Optional.empty());
        clock = Clock.offset(Clock.systemUTC(), Duration.ofDays(3));

        rollback();

        assertThat(inPlace()).isEqualTo(load(1));
    }

    @Test
    void aMachineWhoseClockIsWrongKeepsPreviousTablesForTheTimeThatTheServerCounts() {
        resync("0h", Optional.empty());
        clock = Clock.offset(Clock.systemUTC(), Duration.ofDays(-3));
        resync("1h", Optional.empty());
        clock = Clock.systemUTC();

        rollback();

        assertThat(inPlace()).isEqualTo(load(1));
    }

    @Test
    void randomSequencesOfLoadsAndRollbacks() {
        int steps = Integer.getInteger("clickpipe.generations.steps", 16);
        long seed = Long.getLong("clickpipe.generations.seed", System.nanoTime());
        Random random = new Random(seed);
        Optional<Map<String, String>> before = Optional.empty();
        boolean rolledBack = false;
        for (int step = 0; step < steps; step++) {
            Map<String, String> was = inPlace();
            if (was.isEmpty() || random.nextInt(3) > 0) {
                boolean keep = random.nextBoolean();
                boolean part = !rolledBack && !was.isEmpty() && random.nextBoolean();
                resync(keep ? "1h" : "0h", part ? Optional.of("a") : Optional.empty());
                before = Optional.of(was).filter(tables -> keep && !tables.isEmpty());
                rolledBack = false;
            } else if (before.isPresent()) {
                rollback();
                assertThat(inPlace()).as("seed %d, step %d", seed, step).isEqualTo(before.get());
                before = Optional.of(was);
                rolledBack = !rolledBack;
            } else {
                assertThatThrownBy(this::rollback)
                        .as("seed %d, step %d", seed, step)
                        .isInstanceOf(EngineException.class);
                assertThat(inPlace()).as("seed %d, step %d", seed, step).isEqualTo(was);
            }
        }
    }

    private void resync(String keep, Optional<String> only) {
        engine(keep, workspace -> new Resync(workspace, new StopSignal(Thread.currentThread()), false)
                .resync(only.map(table -> new TablePattern("public." + table))));
        loads.add(inPlace());
    }

    private Map<String, String> load(int number) {
        return loads.get(number - 1);
    }

    private void rollback() {
        engine("1h", workspace -> new Rollback(workspace, new StopSignal(Thread.currentThread())).run("Ann"));
    }

    private void engine(String keep, Consumer<Workspace> command) {
        try (Workspace workspace = new Workspace(
                PipeFile.read(pipe(keep), Map.of(), List.of()),
                RunId.next(Clock.systemUTC()),
                clock,
                new StatementLog(clock, Redaction.NONE),
                Events.none())) {
            command.accept(workspace);
        }
    }

    private String pipe(String keep) {
        return database.pipeYaml("tables: [{source: public.a}, {source: public.b}]\n"
                + "settings: {catchUpBeforeSwap: false, keepPreviousTables: " + keep + "}\n");
    }

    private Map<String, String> inPlace() {
        return database
                .queryTarget("SELECT name, uuid FROM system.tables WHERE database = currentDatabase()"
                        + " AND name IN ('a', 'b')")
                .stream()
                .collect(Collectors.toMap(row -> row.get(0), row -> row.get(1)));
    }

    private List<List<String>> previousTables() {
        return database.queryTarget("SELECT name FROM system.tables WHERE database = currentDatabase()"
                + " AND name LIKE 'a\\\\_clickpipe\\\\_previous\\\\_%'");
    }
}
