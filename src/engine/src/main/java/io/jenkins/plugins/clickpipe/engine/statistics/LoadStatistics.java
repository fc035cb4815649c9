package io.jenkins.plugins.clickpipe.engine.statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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

    /** The moment these statistics speak of: the run's end, or the latest instant they mention while it runs. */
    public Instant asOf() {
        return ended.orElseGet(() -> Stream.of(
                        Stream.of(started),
                        phases.stream()
                                .flatMap(phase -> Stream.concat(Stream.of(phase.started()), phase.ended().stream())),
                        tables.stream()
                                .flatMap(table -> Stream.concat(table.started().stream(), table.ended().stream())),
                        samples.stream().map(ThroughputSample::time))
                .flatMap(instants -> instants)
                .max(Comparator.naturalOrder())
                .orElse(started));
    }

    /** How long the run took, or has been running at {@link #asOf()}. */
    public Duration elapsed() {
        return Duration.between(started, asOf());
    }

    /** The sums over all tables. */
    public LoadTotals total() {
        Optional<Instant> first =
                tables.stream().flatMap(table -> table.started().stream()).min(Comparator.naturalOrder());
        boolean allEnded = !tables.isEmpty()
                && tables.stream().allMatch(table -> table.ended().isPresent());
        Optional<Instant> last = allEnded
                ? tables.stream().flatMap(table -> table.ended().stream()).max(Comparator.naturalOrder())
                : Optional.empty();
        Duration elapsed = first.map(start -> Duration.between(start, last.orElseGet(this::asOf)))
                .orElse(Duration.ZERO);
        return new LoadTotals(
                tables.size(),
                tables.stream().mapToLong(TableStatistics::estimatedRows).sum(),
                tables.stream().mapToLong(TableStatistics::rows).sum(),
                tables.stream().mapToLong(TableStatistics::bytes).sum(),
                tables.stream().mapToInt(TableStatistics::partitionsDone).sum(),
                tables.stream().mapToInt(TableStatistics::partitionsTotal).sum(),
                tables.stream().mapToInt(TableStatistics::retries).sum(),
                tables.stream().mapToLong(TableStatistics::alteredTotal).sum(),
                tables.stream().mapToLong(TableStatistics::softDeletedRows).sum(),
                first,
                last,
                elapsed.isNegative() ? Duration.ZERO : elapsed,
                verification());
    }

    private TableStatistics.Verification verification() {
        if (tables.stream().anyMatch(table -> table.verification() == TableStatistics.Verification.FAILED)) {
            return TableStatistics.Verification.FAILED;
        }
        return !tables.isEmpty()
                        && tables.stream()
                                .allMatch(table -> table.verification() == TableStatistics.Verification.PASSED)
                ? TableStatistics.Verification.PASSED
                : TableStatistics.Verification.NOT_RUN;
    }
}
