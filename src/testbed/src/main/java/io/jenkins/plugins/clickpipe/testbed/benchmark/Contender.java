package io.jenkins.plugins.clickpipe.testbed.benchmark;

import java.util.List;

/** One way to bring a table from PostgreSQL to ClickHouse, or a half of that way. */
interface Contender {
    /** As it stands in the results. */
    String name();

    /** How many rows of the table it takes: fewer than all where it would take minutes. */
    long rows(Scale scale, BenchmarkTable table);

    /** Whether it knows workers; what does not runs once a round, as one worker. */
    boolean parallel();

    /** Copies the first so many rows once; they are in ClickHouse when it returns, unless it reads only. */
    Outcome run(BenchmarkTable table, long rows, int workers) throws InterruptedException;

    /** The table to verify and to drop afterwards; none for what reads only. */
    default List<String> filledTables(BenchmarkTable table) {
        return List.of(Arena.contenderTable(table));
    }

    /**
     * How a run went.
     *
     * @param seconds of the copying itself, without the start of a JVM and connecting
     * @param wholeSeconds from the start of its process to its end
     * @param peakMemoryBytes of its process; 0 when it has none of its own
     */
    record Outcome(double seconds, double wholeSeconds, long peakMemoryBytes) {}
}
