package io.jenkins.plugins.clickpipe.engine.report;

import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import java.util.List;

/**
 * How far the initial load has come, over all tables.
 *
 * @param rows rows accepted by ClickHouse so far
 * @param estimatedRows rows expected in all, from the planner's statistics; 0 when unknown
 * @param bytes bytes of COPY data read so far
 */
public record LoadProgress(long rows, long estimatedRows, long bytes, int partitionsDone, int partitionsTotal) {

    /** The sums over tables. */
    public static LoadProgress of(List<TableStatistics> tables) {
        return new LoadProgress(
                tables.stream().mapToLong(TableStatistics::rows).sum(),
                tables.stream().mapToLong(TableStatistics::estimatedRows).sum(),
                tables.stream().mapToLong(TableStatistics::bytes).sum(),
                tables.stream().mapToInt(TableStatistics::partitionsDone).sum(),
                tables.stream().mapToInt(TableStatistics::partitionsTotal).sum());
    }

    /**
     * The part that is done, 0 to 1: by rows where their number is estimated, else by partitions. It is 1 only
     * when all partitions are done, since an estimate can be too low.
     */
    public double fraction() {
        if (finished()) {
            return 1;
        }
        double byRows = estimatedRows > 0 ? (double) rows / estimatedRows : 0;
        double byPartitions = partitionsTotal > 0 ? (double) partitionsDone / partitionsTotal : 0;
        return Math.min(0.99, estimatedRows > 0 ? byRows : byPartitions);
    }

    /** Whether every partition is loaded. */
    public boolean finished() {
        return partitionsTotal > 0 && partitionsDone >= partitionsTotal;
    }
}
