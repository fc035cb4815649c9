package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.benchmark.Contender.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs all contenders turn by turn, each round in another order, and verifies what each has written. */
final class Rounds {
    private final Arena arena;
    private final Scale scale;
    private final Consumer<String> progress;

    /** @param progress hears a line a run */
    Rounds(Arena arena, Scale scale, Consumer<String> progress) {
        this.arena = requireNonNull(arena);
        this.scale = requireNonNull(scale);
        this.progress = requireNonNull(progress);
    }

    private record Turn(Contender contender, int workers) {}

    /** The medians of each contender and number of workers, over all rounds. */
    List<Measurement> run(BenchmarkTable table, List<Contender> contenders) throws InterruptedException {
        List<Turn> turns = new ArrayList<>();
        for (Contender contender : contenders) {
            for (int workers : contender.parallel() ? scale.workers() : List.of(1)) {
                turns.add(new Turn(contender, workers));
            }
        }
        Map<String, List<Measurement>> runs = new LinkedHashMap<>();
        for (Turn turn : turns) {
            runs.put(turn.contender().name() + turn.workers(), new ArrayList<>());
        }
        for (int round = 1; round <= scale.rounds(); round++) {
            for (Turn turn : turns) {
                Measurement run = measure(table, turn.contender(), turn.workers());
                runs.get(turn.contender().name() + turn.workers()).add(run);
                progress.accept("round %d of %d: %s".formatted(round, scale.rounds(), Report.line(run)));
            }
            Collections.rotate(turns, 1 + turns.size() / Math.max(1, scale.rounds()));
        }
        return runs.values().stream().map(Measurement::median).toList();
    }

    /** One run, with what it cost both servers. */
    Measurement measure(BenchmarkTable table, Contender contender, int workers) throws InterruptedException {
        long rows = contender.rows(scale, table);
        arena.createContenderTable(table);
        arena.awaitNoMerges();
        long clickHouse = arena.servers().clickHouse().pid();
        long postgres = arena.servers().postgres().pid();
        ProcessFigures.resetPeakMemory(clickHouse);
        double contenderCpu = ProcessFigures.cpuSecondsOfEndedChildren();
        double postgresCpu = ProcessFigures.cpuSecondsOfFamily(postgres);
        double clickHouseCpu = ProcessFigures.cpuSeconds(clickHouse);
        Outcome outcome = contender.run(table, rows, workers);
        contenderCpu = ProcessFigures.cpuSecondsOfEndedChildren() - contenderCpu;
        postgresCpu = ProcessFigures.cpuSecondsOfFamily(postgres) - postgresCpu;
        clickHouseCpu = ProcessFigures.cpuSeconds(clickHouse) - clickHouseCpu;
        long peak =
                outcome.peakMemoryBytes() > 0 ? outcome.peakMemoryBytes() : ProcessFigures.peakMemoryBytes(clickHouse);
        for (String filled : contender.filledTables(table)) {
            arena.verify(table, filled, rows);
        }
        arena.dropContenderTable(table);
        return new Measurement(
                table.name(),
                workers,
                contender.name(),
                rows,
                rows / outcome.seconds(),
                rows / outcome.seconds() * arena.bytesPerRow(table) / 1e6,
                contenderCpu + postgresCpu + clickHouseCpu,
                contenderCpu,
                postgresCpu,
                clickHouseCpu,
                outcome.wholeSeconds(),
                peak);
    }
}
