package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A contender that is a program of this package or of the profile's sources, in a JVM of its own. */
final class ProgramLoad implements Contender {
    /** Each worker reads a range of blocks by COPY and drops the bytes. */
    static final String SOURCE_FLOOR = "COPY to nowhere";

    /** The rows wait in files; each worker sends one after the other. */
    static final String TARGET_FLOOR = "TabSeparated from files";

    private final Arena arena;
    private final String name;
    private final String program;
    private final boolean parallel;
    private final boolean inserts;
    private final long rowsAtMost;

    private ProgramLoad(Arena arena, String name, String program, boolean parallel, boolean inserts, long rowsAtMost) {
        this.arena = requireNonNull(arena);
        this.name = requireNonNull(name);
        this.program = requireNonNull(program);
        this.parallel = parallel;
        this.inserts = inserts;
        this.rowsAtMost = rowsAtMost;
    }

    static ProgramLoad sourceFloor(Arena arena) {
        return new ProgramLoad(arena, SOURCE_FLOOR, "CopyToNowhere", true, false, Long.MAX_VALUE);
    }

    static ProgramLoad targetFloor(Arena arena) {
        return new ProgramLoad(arena, TARGET_FLOOR, "InsertFromFiles", true, true, Long.MAX_VALUE);
    }

    /** @param rowsAtMost it would take minutes otherwise */
    static ProgramLoad jdbc(Arena arena, long rowsAtMost) {
        return new ProgramLoad(arena, "JDBC batches", "JdbcBatches", true, true, rowsAtMost);
    }

    /** @param rowsAtMost it would take minutes otherwise */
    static ProgramLoad debezium(Arena arena, long rowsAtMost) {
        return new ProgramLoad(arena, "Debezium", "DebeziumSnapshot", false, true, rowsAtMost);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long rows(Scale scale, BenchmarkTable table) {
        return Math.min(scale.rows(table), rowsAtMost);
    }

    @Override
    public boolean parallel() {
        return parallel;
    }

    @Override
    public List<String> filledTables(BenchmarkTable table) {
        return inserts ? Contender.super.filledTables(table) : List.of();
    }

    @Override
    public Outcome run(BenchmarkTable table, long rows, int workers) throws InterruptedException {
        List<String> command =
                List.of(ChildProcess.java(), "-cp", classPath(), ProgramLoad.class.getPackageName() + "." + program);
        ChildProcess.Ended ended = new ChildProcess(command, arena.directory().resolve(program + ".log"))
                .run(Task.of(arena, table, rows, workers).forStandardInput());
        return new Outcome(Task.seconds(ended.output()), ended.wholeSeconds(), ended.peakMemoryBytes());
    }

    /** This program's own, whether Maven has loaded it into its JVM or it has one for itself. */
    private static String classPath() {
        if (ProgramLoad.class.getClassLoader() instanceof URLClassLoader loader) {
            return Arrays.stream(loader.getURLs())
                    .map(url -> Path.of(URI.create(url.toString())).toString())
                    .collect(Collectors.joining(File.pathSeparator));
        }
        return System.getProperty("java.class.path");
    }
}
