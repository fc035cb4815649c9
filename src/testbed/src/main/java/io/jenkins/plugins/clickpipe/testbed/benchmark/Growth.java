package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/** How the engine's cost depends on the number of rows and on the number of partitions; the narrow table. */
final class Growth {
    static final int WORKERS = 2;

    private final Arena arena;
    private final Scale scale;
    private final List<String> engine;
    private final Rounds rounds;

    Growth(Arena arena, Scale scale, List<String> engineCommand, Rounds rounds) {
        this.arena = requireNonNull(arena);
        this.scale = requireNonNull(scale);
        this.engine = List.copyOf(engineCommand);
        this.rounds = requireNonNull(rounds);
    }

    /** The medians at each number of rows, with the default partitions and two workers. */
    List<Measurement> byRows() throws InterruptedException {
        List<Measurement> medians = new ArrayList<>();
        for (long rows : scale.growth()) {
            arena.fill(BenchmarkTable.NARROW, rows);
            EngineLoad load = new EngineLoad(arena, engine, EngineLoad.DEFAULT_PARTITION, rows);
            load.run(BenchmarkTable.NARROW, rows, WORKERS);
            medians.add(medianOf(load, WORKERS));
        }
        return medians;
    }

    /**
     * The medians at each number of partitions, with one worker, since one partition has work for no more; turn by
     * turn.
     */
    List<Measurement> byPartitions() throws InterruptedException {
        long rows = scale.rows(BenchmarkTable.NARROW);
        arena.fill(BenchmarkTable.NARROW, rows);
        List<List<Measurement>> runs = new ArrayList<>();
        scale.partitions().forEach(p -> runs.add(new ArrayList<>()));
        for (int round = 0; round < scale.rounds(); round++) {
            for (int i = 0; i < runs.size(); i++) {
                long perPartition = Math.max(1, rows / scale.partitions().get(i));
                runs.get(i)
                        .add(rounds.measure(
                                BenchmarkTable.NARROW, new EngineLoad(arena, engine, perPartition, rows), 1));
            }
        }
        return runs.stream().map(Measurement::median).toList();
    }

    private Measurement medianOf(EngineLoad load, int workers) throws InterruptedException {
        List<Measurement> runs = new ArrayList<>();
        for (int round = 0; round < scale.rounds(); round++) {
            runs.add(rounds.measure(BenchmarkTable.NARROW, load, workers));
        }
        return Measurement.median(runs);
    }
}
