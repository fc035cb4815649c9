package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The engine as users run it: a process of its own resyncs a snapshot pipe of one table. Its seconds are
 * those of the load phase by its own statistics; the whole command counts, verifies and swaps as well.
 */
final class EngineLoad implements Contender {
    static final String NAME = "engine";
    /** The setting's own default. */
    static final long DEFAULT_PARTITION = 100_000;

    private static final String PIPE =
            """
            name: benchmark_%1$s
            source: {host: "%2$s", port: %3$d, database: %4$s, user: "%5$s", password: "%6$s"}
            target: {url: "%7$s", database: %4$s, user: "%8$s", password: "%9$s"}
            tables:
              - source: public.%1$s
            settings:
              replicationMode: snapshot
              initialLoadParallelism: %10$d
              snapshotNumRowsPerPartition: %11$d
              # the table is filled anew with other numbers of rows
              maxRowLossPercent: 100
            """;

    private final Arena arena;
    private final List<String> engine;
    private final long rowsPerPartition;
    private final long rows;

    /**
     * @param engine the command that runs it, without its own arguments
     * @param rowsPerPartition the setting {@code snapshotNumRowsPerPartition}
     * @param rows that the table has
     */
    EngineLoad(Arena arena, List<String> engine, long rowsPerPartition, long rows) {
        this.arena = requireNonNull(arena);
        this.engine = List.copyOf(engine);
        this.rowsPerPartition = rowsPerPartition;
        this.rows = rows;
    }

    /**
     * The command that starts the engine with the archive of its classes that a first resync has left, as the plugin
     * does and the README advises. Java archives the classes of jars alone, so a test's engine stays as it is.
     */
    static List<String> withArchivedClasses(Arena arena, List<String> engine) throws InterruptedException {
        if (!engine.contains("-jar")) {
            return engine;
        }
        Path archive = arena.directory().resolve("engine.jsa");
        arena.fill(BenchmarkTable.NARROW, 1000);
        new EngineLoad(arena, withOption(engine, "-XX:ArchiveClassesAtExit=" + archive), DEFAULT_PARTITION, 1000)
                .run(BenchmarkTable.NARROW, 1000, 1);
        if (!Files.exists(archive)) {
            throw new TestbedException("Java has made no archive of the engine's classes");
        }
        return withOption(engine, "-XX:SharedArchiveFile=" + archive);
    }

    private static List<String> withOption(List<String> java, String option) {
        List<String> command = new ArrayList<>(java);
        command.add(1, option);
        return command;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public long rows(Scale scale, BenchmarkTable table) {
        return rows;
    }

    @Override
    public boolean parallel() {
        return true;
    }

    @Override
    public List<String> filledTables(BenchmarkTable table) {
        return List.of(table.name());
    }

    @Override
    public Outcome run(BenchmarkTable table, long rows, int workers) throws InterruptedException {
        Path artifacts = arena.directory().resolve("artifacts");
        List<String> command = new ArrayList<>(engine);
        command.addAll(List.of("resync", "--artifacts", artifacts.toString(), "-"));
        ChildProcess.Ended ended =
                new ChildProcess(command, arena.directory().resolve("engine.log")).run(pipe(table, workers));
        return new Outcome(loadSeconds(artifacts), ended.wholeSeconds(), ended.peakMemoryBytes());
    }

    private String pipe(BenchmarkTable table, int workers) {
        PostgresEndpoint source = arena.servers().postgresPipeUser();
        ClickHouseEndpoint target = arena.servers().clickHousePipeUser();
        return PIPE.formatted(
                table.name(),
                source.host(),
                source.port(),
                Arena.DATABASE,
                source.user(),
                source.password(),
                target.url(),
                target.user(),
                target.password(),
                workers,
                rowsPerPartition);
    }

    /** From the beginning of the first partition to the acceptance of the last row. */
    private static double loadSeconds(Path artifacts) {
        try {
            JsonNode table = new ObjectMapper()
                    .readTree(Files.readAllBytes(artifacts.resolve("load-stats.json")))
                    .path("tables")
                    .path(0);
            return Duration.between(
                                    Instant.parse(table.path("started").asText()),
                                    Instant.parse(table.path("ended").asText()))
                            .toNanos()
                    / 1e9;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
