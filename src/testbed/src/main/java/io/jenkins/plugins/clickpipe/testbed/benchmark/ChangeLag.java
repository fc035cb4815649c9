package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * How long after their commit changes were to be seen in ClickHouse while they were written without a pause.
 *
 * @param changesPerSecond how many were written
 * @param syncIntervalSeconds between two cycles of the engine
 * @param p50Seconds half of the transactions were to be seen sooner
 * @param p99Seconds 99 of 100 were
 */
record ChangeLag(
        String contender, double changesPerSecond, int syncIntervalSeconds, double p50Seconds, double p99Seconds) {
    ChangeLag {
        requireNonNull(contender);
    }

    /** @param seconds of each transaction; at least one */
    static ChangeLag of(String contender, double changesPerSecond, int syncIntervalSeconds, double[] seconds) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        return new ChangeLag(
                contender,
                changesPerSecond,
                syncIntervalSeconds,
                sorted[(sorted.length - 1) / 2],
                sorted[(int) Math.ceil(0.99 * sorted.length) - 1]);
    }

    String sentence() {
        return "%s: at %.0f changes/s and a sync interval of %d s the lag is %.2f s (p50) and %.2f s (p99)"
                .formatted(contender, changesPerSecond, syncIntervalSeconds, p50Seconds, p99Seconds);
    }
}
