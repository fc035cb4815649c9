package io.jenkins.plugins.clickpipe.testbed.benchmark;

import io.jenkins.plugins.clickpipe.engine.report.ConsoleTable;
import io.jenkins.plugins.clickpipe.engine.report.ConsoleTable.Column;
import io.jenkins.plugins.clickpipe.testbed.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Compares how many changes a second the engine brings from a slot to ClickHouse with what the slot gives at most, and
 * with Debezium, which drops what it has read. Each reads the same changes from a slot of its own, turn by turn.
 */
public final class ChangesBenchmark {
    static final String FLOOR = "stream to nowhere";
    static final String DEBEZIUM = "Debezium to nowhere";

    private static final String SLOT = "benchmark_contender";

    private final Arena arena;
    private final PreparedChanges changes;
    private final int rounds;

    private ChangesBenchmark(Arena arena, PreparedChanges changes, int rounds) {
        this.arena = arena;
        this.changes = changes;
        this.rounds = rounds;
    }

    /**
     * The system properties {@code benchmark.changes} and {@code benchmark.rounds} are the numbers of changes and runs,
     * {@code benchmark.contenders} the names of those that take part, {@code benchmark.lagSeconds} for how long the lag is
     * measured afterwards.
     *
     * @param arguments the engine's runnable jar and a directory for the results
     */
    public static void main(String[] arguments) throws InterruptedException {
        List<String> engine = Benchmark.engine(arguments[0]);
        try (Servers servers = Servers.start()) {
            run(
                    servers,
                    engine,
                    Path.of(arguments[1]).toAbsolutePath().normalize(),
                    Long.getLong("benchmark.changes", 300_000),
                    Integer.getInteger("benchmark.rounds", 5),
                    List.of(System.getProperty(
                                    "benchmark.contenders", String.join(",", EngineSync.NAME, FLOOR, DEBEZIUM))
                            .split(",")),
                    Duration.ofSeconds(Long.getLong("benchmark.lagSeconds", 60)));
        }
    }

    /**
     * Runs the comparison.
     *
     * @param engine the command that runs it, without its own arguments
     * @param rounds 1 to 15: each needs a slot
     * @param lagTime for how long the lag is measured; zero for not at all
     * @return the medians, as written to {@code changes.json}
     */
    static List<ChangeRate> run(
            Servers servers,
            List<String> engine,
            Path output,
            long count,
            int rounds,
            List<String> contenders,
            Duration lagTime)
            throws InterruptedException {
        try (Arena arena = Arena.open(servers, output)) {
            ChangesBenchmark benchmark = new ChangesBenchmark(arena, new PreparedChanges(arena, count), rounds);
            List<ChangeRate> medians = benchmark.run(engine, contenders);
            Report.write(output.resolve("changes.json"), medians);
            print(medians);
            if (!lagTime.isZero()) {
                ChangeLag lag = new LagMeasurement(arena, engine, lagTime).run();
                List<Object> results = new ArrayList<>(medians);
                results.add(lag);
                Report.write(output.resolve("changes.json"), results);
                System.out.println(lag.sentence());
            }
            return medians;
        }
    }

    private List<ChangeRate> run(List<String> engine, List<String> contenders) throws InterruptedException {
        changes.fill();
        List<EngineSync> pipes = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            EngineSync pipe = new EngineSync(arena, engine, "changes_" + round);
            pipe.create();
            pipes.add(pipe);
        }
        System.out.println("Writing " + changes.changes() + " changes");
        changes.write();
        // the slot of the first pipe is read in the first round, so the others are copied from one that nobody reads
        String waiting = "benchmark_waiting";
        changes.copySlot(pipes.get(0).pipe(), waiting);
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        contenders.forEach(contender -> rates.put(contender, new ArrayList<>()));
        List<String> turns = new ArrayList<>(contenders);
        for (EngineSync pipe : pipes) {
            for (String contender : turns) {
                arena.awaitNoMerges();
                double rate = changes.changes() / seconds(contender, pipe, waiting);
                rates.get(contender).add(rate);
                System.out.printf("%s, %s: %,.0f changes/s%n", pipe.pipe(), contender, rate);
            }
            Collections.rotate(turns, 1);
        }
        changes.dropSlot(waiting);
        return rates.entrySet().stream()
                .map(rate -> new ChangeRate(rate.getKey(), Measurement.middle(rate.getValue())))
                .toList();
    }

    private double seconds(String contender, EngineSync pipe, String waiting) throws InterruptedException {
        if (contender.equals(EngineSync.NAME)) {
            double seconds = pipe.sync(changes.changes());
            changes.verify(pipe.pipe());
            return seconds;
        }
        changes.copySlot(waiting, SLOT);
        try {
            String program = contender.equals(FLOOR) ? "ChangesToNowhere" : "DebeziumChanges";
            Task task = Task.ofChanges(arena, PreparedChanges.TABLE, pipe.pipe(), SLOT, changes.changes());
            return Task.seconds(ChildProcess.program(program, arena.directory())
                    .run(task.forStandardInput())
                    .output());
        } finally {
            changes.dropSlot(SLOT);
        }
    }

    private static void print(List<ChangeRate> medians) {
        ConsoleTable table = new ConsoleTable(
                List.of(Column.text("contender"), Column.number("changes/s"), Column.number("engine against it")));
        OptionalDouble engine = medians.stream()
                .filter(rate -> rate.contender().equals(EngineSync.NAME))
                .mapToDouble(ChangeRate::changesPerSecond)
                .findFirst();
        for (ChangeRate rate : medians) {
            table.add(List.of(
                    rate.contender(),
                    "%.0f".formatted(rate.changesPerSecond()),
                    engine.isPresent() ? "%.2f".formatted(engine.getAsDouble() / rate.changesPerSecond()) : "-"));
        }
        System.out.println(table.render(false));
    }
}
