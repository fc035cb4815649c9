package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import java.util.List;

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
        ChildProcess.Ended ended = ChildProcess.program(program, arena.directory())
                .run(Task.of(arena, table, rows, workers).forStandardInput());
        return new Outcome(Task.seconds(ended.output()), ended.wholeSeconds(), ended.peakMemoryBytes());
    }
}
