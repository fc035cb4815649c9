package io.jenkins.plugins.clickpipe.testbed.benchmark;

import io.jenkins.plugins.clickpipe.testbed.Servers;
import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the engine's initial load with other ways from PostgreSQL to ClickHouse, and with what each server can do
 * alone. All run on this machine, turn by turn.
 */
public final class Benchmark {
    /** Those with which the plugin and the README start the engine. */
    private static final List<String> JAVA_OPTIONS = List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private Benchmark() {}

    /** @param arguments the engine's runnable jar and a directory for the results; see {@link Scale} for its size */
    public static void main(String[] arguments) throws InterruptedException {
        Path output = Path.of(arguments[1]).toAbsolutePath().normalize();
        List<String> engine = engine(arguments[0]);
        try (Servers servers = Servers.start()) {
            run(servers, engine, output, Scale.of(System.getProperties()));
        }
    }

    /** The command that runs the engine of a jar, as users run it. */
    static List<String> engine(String path) {
        Path jar = Path.of(path).toAbsolutePath().normalize();
        if (!Files.isRegularFile(jar)) {
            throw new TestbedException("There is no " + jar + "; build it first: mvn -DskipTests package");
        }
        List<String> engine = new ArrayList<>(List.of(ChildProcess.java()));
        engine.addAll(JAVA_OPTIONS);
        engine.addAll(List.of("-jar", jar.toString()));
        return engine;
    }

    /**
     * Runs the whole comparison.
     *
     * @param plainEngine the command that runs it, without its own arguments
     * @return the medians, as written to {@code load.json}
     */
    static List<Measurement> run(Servers servers, List<String> plainEngine, Path output, Scale scale)
            throws InterruptedException {
        Report report = new Report(System.out);
        try (Arena arena = Arena.open(servers, output)) {
            List<String> engine = EngineLoad.withArchivedClasses(arena, plainEngine);
            Rounds rounds = new Rounds(arena, scale, System.out::println);
            List<Measurement> medians = new ArrayList<>();
            for (BenchmarkTable table : BenchmarkTable.ALL) {
                if (scale.tables().contains(table.name())) {
                    medians.addAll(compare(arena, scale, engine, rounds, table));
                    Report.write(output.resolve("load.json"), medians);
                }
            }
            report.print(medians);
            Growth growth = new Growth(arena, scale, engine, rounds);
            if (!scale.growth().isEmpty()) {
                report.printCosts(
                        "rows", scale.growth().stream().map(Object::toString).toList(), growth.byRows());
            }
            if (!scale.partitions().isEmpty()) {
                report.printCosts(
                        "partitions",
                        scale.partitions().stream().map(Object::toString).toList(),
                        growth.byPartitions());
            }
            return medians;
        }
    }

    private static List<Measurement> compare(
            Arena arena, Scale scale, List<String> engine, Rounds rounds, BenchmarkTable table)
            throws InterruptedException {
        long rows = scale.rows(table);
        System.out.println("Filling " + table.name() + " with " + rows + " rows");
        arena.fill(table, rows);
        EngineLoad load = new EngineLoad(arena, engine, EngineLoad.DEFAULT_PARTITION, rows);
        // makes the table that the other contenders' are made like, and warms the caches of both servers
        load.run(table, rows, 1);
        arena.writeRowFiles(table, rows);
        List<Contender> contenders = List.of(
                load,
                new FunctionLoad(arena),
                ProgramLoad.jdbc(arena, 5 * scale.slowRows()),
                ProgramLoad.debezium(arena, scale.slowRows()),
                ProgramLoad.sourceFloor(arena),
                ProgramLoad.targetFloor(arena));
        return rounds.run(table, contenders.stream().filter(scale::takesPart).toList());
    }
}
