package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.load.TableLoad;
import io.jenkins.plugins.clickpipe.engine.load.TableProgress;
import io.jenkins.plugins.clickpipe.engine.report.LoadProgress;
import io.jenkins.plugins.clickpipe.engine.report.LoadStatisticsJson;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.PhaseTiming;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.ThroughputSample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a run tells: its phases to log, events and journal, and its statistics. */
final class RunReport {
    private static final Logger LOG = LoggerFactory.getLogger(RunReport.class);
    private static final int MOST_SAMPLES = 600;

    private final Workspace workspace;
    private final Journal journal;
    private final Instant started;
    private final List<PhaseTiming> phases = new ArrayList<>();
    private List<ThroughputSample> samples = new ArrayList<>();
    private Duration sampleInterval = Duration.ofSeconds(1);
    private List<TableLoad> tables = List.of();
    private PipeStatus status = PipeStatus.SETUP;
    private Optional<String> failure = Optional.empty();
    private Optional<Instant> ended = Optional.empty();

    RunReport(Workspace workspace, Journal journal) {
        this.workspace = Objects.requireNonNull(workspace);
        this.journal = Objects.requireNonNull(journal);
        this.started = workspace.clock().instant();
    }

    /** The pipe enters a status; the sentence says what happens in it. */
    void status(PipeStatus next, String message) {
        status = next;
        journal.append(EntryKind.STATUS, "status", next.name());
        phase(next.label(), message);
    }

    /** A step within a status that users see by name. */
    void phase(String name, String message) {
        Instant now = workspace.clock().instant();
        endPhase(now);
        phases.add(new PhaseTiming(name, now, Optional.empty()));
        LOG.info("[{}] {}", name, message);
        workspace.events().phase(name, message);
        workspace.events().tables(tableStatistics());
    }

    private void endPhase(Instant now) {
        if (!phases.isEmpty() && phases.get(phases.size() - 1).ended().isEmpty()) {
            PhaseTiming last = phases.remove(phases.size() - 1);
            phases.add(new PhaseTiming(last.phase(), last.started(), Optional.of(now)));
        }
    }

    void info(String message) {
        LOG.info("{}", message);
        workspace.events().log("INFO", message);
    }

    void warn(String message) {
        LOG.warn("{}", message);
        workspace.events().log("WARN", message);
    }

    /** Tables whose load begins; a table that is loaded anew is told of with its new load alone. */
    void tables(List<TableLoad> loads) {
        Map<String, TableLoad> all = new LinkedHashMap<>();
        tables.forEach(load -> all.put(load.mapping().target(), load));
        loads.forEach(load -> all.put(load.mapping().target(), load));
        tables = List.copyOf(all.values());
    }

    /** Passes on how far the load is, and returns it; may be called often. */
    LoadProgress tellProgress() {
        List<TableStatistics> now = tableStatistics();
        LoadProgress progress = LoadProgress.of(now);
        workspace.events().progress(progress, now);
        return progress;
    }

    /**
     * Takes a point of the throughput curve; a long load keeps fewer, evenly spaced ones.
     *
     * @param last the load is complete: the curve ends with this point, however soon it comes
     */
    void sample(LoadProgress progress, boolean last) {
        Instant now = workspace.clock().instant();
        boolean early = !samples.isEmpty()
                && now.isBefore(samples.get(samples.size() - 1).time().plus(sampleInterval));
        if (early && !last) {
            return;
        }
        samples.add(new ThroughputSample(now, progress.rows(), progress.bytes()));
        if (samples.size() > MOST_SAMPLES) {
            List<ThroughputSample> half = new ArrayList<>();
            for (int i = 0; i < samples.size(); i += 2) {
                half.add(samples.get(i));
            }
            samples = half;
            sampleInterval = sampleInterval.multipliedBy(2);
        }
    }

    /** The run ended well in a lasting status. */
    void succeeded(PipeStatus last, String message) {
        status(last, message);
        end();
    }

    /** The run failed; the pipe is Failed, with the reason in the journal. */
    void failed(String reason) {
        status = PipeStatus.FAILED;
        failure = Optional.of(reason);
        try {
            journal.append(
                    EntryKind.STATUS,
                    Journal.object().put("status", PipeStatus.FAILED.name()).put("reason", reason));
        } finally {
            // Whoever watches hears of it also where the journal cannot be reached.
            phase(PipeStatus.FAILED.label(), reason);
        }
        end();
    }

    private void end() {
        Instant now = workspace.clock().instant();
        endPhase(now);
        ended = Optional.of(now);
        LoadStatistics last = statistics();
        journal.append(EntryKind.STATISTICS, LoadStatisticsJson.write(last));
        workspace.events().statistics(last);
    }

    private List<TableStatistics> tableStatistics() {
        return tables.stream()
                .map(TableLoad::progress)
                .map(TableProgress::statistics)
                .toList();
    }

    LoadStatistics statistics() {
        return new LoadStatistics(
                workspace.pipe(),
                workspace.run(),
                status.label(),
                failure,
                started,
                ended,
                phases,
                tableStatistics(),
                samples);
    }
}
