package io.jenkins.plugins.clickpipe.engine.statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The sums over all tables of a run. Rates are means over the whole load, from the start of the first
 * table to the end of the last, so parallel tables count once.
 *
 * @param alteredValues over all tables and columns
 * @param started start of the first table; empty while no table has started
 * @param ended end of the last table; empty unless every table has ended
 * @param elapsed time from {@code started} to {@code ended}, or to the last moment known while the load runs
 * @param verification {@code FAILED} when a table failed, {@code PASSED} when all tables passed, else {@code NOT_RUN}
 */
public record LoadTotals(
        int tables,
        long estimatedRows,
        long rows,
        long bytes,
        int partitionsDone,
        int partitionsTotal,
        int retries,
        long alteredValues,
        long softDeletedRows,
        Optional<Instant> started,
        Optional<Instant> ended,
        Duration elapsed,
        TableStatistics.Verification verification) {

    /** Rows a second; 0 when no time has passed. */
    public double rowsPerSecond() {
        return TableStatistics.perSecond(rows, elapsed);
    }

    /** Bytes of COPY data a second; 0 when no time has passed. */
    public double bytesPerSecond() {
        return TableStatistics.perSecond(bytes, elapsed);
    }
}
