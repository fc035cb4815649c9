package io.jenkins.plugins.clickpipe.engine.statistics;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Statistics of one run of a pipe, as published in {@code load-stats.json}.
 *
 * @param pipe the pipe's name
 * @param run the run's id, unique for the pipe
 * @param status the pipe's status in ClickPipes' words, for example {@code Running}
 * @param failure why the run failed, one sentence; empty while it goes well
 * @param phases in the order they began
 * @param tables in the order of the load
 * @param samples the throughput curve, oldest first, at most 600
 */
public record LoadStatistics(
        String pipe,
        String run,
        String status,
        Optional<String> failure,
        Instant started,
        Optional<Instant> ended,
        List<PhaseTiming> phases,
        List<TableStatistics> tables,
        List<ThroughputSample> samples) {
    public LoadStatistics {
        phases = List.copyOf(phases);
        tables = List.copyOf(tables);
        samples = List.copyOf(samples);
    }
}
