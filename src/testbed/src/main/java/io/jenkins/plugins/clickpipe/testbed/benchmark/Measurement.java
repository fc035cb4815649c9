package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One contender's run, or the medians of several.
 *
 * @param workers how many sessions read at once
 * @param rowsPerSecond of the time that the contender measures, see {@link Contender}
 * @param megabytesPerSecond the same in millions of bytes of PostgreSQL's COPY text
 * @param cpuSeconds of the contender's process and both servers together, the process's start included
 * @param contenderCpuSeconds of the contender's process alone; 0 for what runs inside ClickHouse
 * @param postgresCpuSeconds of all of PostgreSQL's processes
 * @param clickHouseCpuSeconds of ClickHouse's process, merges in the background included
 * @param wholeSeconds from the start of the contender's process to its end
 * @param peakMemoryBytes the contender's process at its largest, resident; ClickHouse's for what runs inside it
 */
record Measurement(
        String table,
        int workers,
        String contender,
        long rows,
        double rowsPerSecond,
        double megabytesPerSecond,
        double cpuSeconds,
        double contenderCpuSeconds,
        double postgresCpuSeconds,
        double clickHouseCpuSeconds,
        double wholeSeconds,
        long peakMemoryBytes) {
    Measurement {
        requireNonNull(table);
        requireNonNull(contender);
    }

    double contenderShareOfCpu() {
        return cpuSeconds == 0 ? 0 : contenderCpuSeconds / cpuSeconds;
    }

    /** The median of each number; the runs are of one table, contender and number of workers. */
    static Measurement median(List<Measurement> runs) {
        Measurement first = runs.get(0);
        return new Measurement(
                first.table,
                first.workers,
                first.contender,
                first.rows,
                median(runs, Measurement::rowsPerSecond),
                median(runs, Measurement::megabytesPerSecond),
                median(runs, Measurement::cpuSeconds),
                median(runs, Measurement::contenderCpuSeconds),
                median(runs, Measurement::postgresCpuSeconds),
                median(runs, Measurement::clickHouseCpuSeconds),
                median(runs, Measurement::wholeSeconds),
                (long) median(runs, Measurement::peakMemoryBytes));
    }

    private static double median(List<Measurement> runs, ToDoubleFunction<Measurement> number) {
        return middle(runs.stream().map(number::applyAsDouble).toList());
    }

    /** @param numbers one or more */
    static double middle(List<Double> numbers) {
        List<Double> sorted = numbers.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
