package io.jenkins.plugins.clickpipe.engine.report;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.changes.ChangeCounts;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code --events} stream: one JSON object a line, each with {@code time}, {@code pipe}, {@code run} and
 * {@code type}, described in {@code docs/load-stats-schema.md}. A line is written whole and flushed at once; many
 * threads may write.
 *
 * <p>The stream serves an onlooker, so its loss must not harm the run: when the reader is gone or the disk is
 * full this is logged once and nothing more is written.
 */
public final class Events implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(1);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final OutputStream out;
    private final String pipe;
    private final String run;
    private final Clock clock;
    private final Redaction redaction;
    private final ThroughputMeter meter;
    private final Map<String, TableStatistics> told = new HashMap<>();
    private Instant nextProgress = Instant.MIN;
    private boolean broken;

    /** Writes to {@code out}, which {@link #close} closes. */
    public Events(OutputStream out, String pipe, String run, Clock clock, Redaction redaction) {
        this.out = requireNonNull(out);
        this.pipe = requireNonNull(pipe);
        this.run = requireNonNull(run);
        this.clock = requireNonNull(clock);
        this.redaction = requireNonNull(redaction);
        this.meter = new ThroughputMeter(clock);
    }

    /** Events that nobody reads. */
    public static Events none() {
        return new Events(OutputStream.nullOutputStream(), "", "", Clock.systemUTC(), Redaction.NONE);
    }

    /**
     * Opens the stream that the option {@code --events} names: a file, which is replaced, or {@code -} for
     * standard output.
     *
     * @throws IOException when the file cannot be opened
     */
    public static OutputStream open(String fileOrDash) throws IOException {
        if (fileOrDash.equals("-")) {
            return new FileOutputStream(FileDescriptor.out);
        }
        Path file = Path.of(fileOrDash).toAbsolutePath();
        if (!Files.isDirectory(file.getParent())) {
            Files.createDirectories(file.getParent());
        }
        return Files.newOutputStream(file);
    }

    /** A phase has begun, for example {@code Snapshot}. */
    public void phase(String phase, String message) {
        ObjectNode event = event("phase");
        event.put("phase", phase);
        event.put("message", redaction.apply(message));
        write(event);
    }

    /**
     * The load has come so far. Written at most once a second, and always when the load is complete.
     *
     * @param tables whose sums are the progress; told before it
     */
    public synchronized void progress(LoadProgress progress, List<TableStatistics> tables) {
        ThroughputMeter.Speed speed = meter.measure(progress);
        Instant now = clock.instant();
        if (now.isBefore(nextProgress) && !progress.finished()) {
            return;
        }
        nextProgress = now.plus(PROGRESS_INTERVAL);
        tables(tables);
        ObjectNode event = event("progress");
        event.put("rows", progress.rows());
        event.put("estimatedRows", progress.estimatedRows());
        event.put("bytes", progress.bytes());
        event.put("partitionsDone", progress.partitionsDone());
        event.put("partitionsTotal", progress.partitionsTotal());
        event.put("fraction", Math.round(progress.fraction() * 10_000) / 10_000.0);
        event.put("rowsPerSecond", Math.round(speed.rowsPerSecond() * 10) / 10.0);
        event.put("bytesPerSecond", Math.round(speed.bytesPerSecond() * 10) / 10.0);
        event.put("secondsLeft", speed.remaining().map(Duration::toSeconds).orElse(null));
        write(event);
    }

    /** The tables as they are now; those that have changed since they were told get an event each. */
    public synchronized void tables(List<TableStatistics> tables) {
        Instant now = clock.instant();
        for (TableStatistics table : tables) {
            if (!table.equals(told.put(table.source(), table))) {
                ObjectNode event = event("table");
                event.set("table", LoadStatisticsJson.table(table, now));
                write(event);
            }
        }
    }

    /**
     * A sync has applied changes.
     *
     * @param lagBytes WAL written since the last confirmed change; empty when nothing is confirmed yet
     * @param lagSeconds since the moment up to which the destination holds everything; empty when it is not known
     */
    public void sync(
            ChangeCounts counts,
            String confirmedLsn,
            Optional<Long> lagBytes,
            Optional<Double> lagSeconds,
            double seconds) {
        ObjectNode event = event("sync");
        event.put("inserts", counts.inserts());
        event.put("updates", counts.updates());
        event.put("deletes", counts.deletes());
        event.put("truncates", counts.truncates());
        event.put("transactions", counts.transactions());
        event.put("confirmedLsn", confirmedLsn);
        event.put("lagBytes", lagBytes.orElse(null));
        event.put("lagSeconds", lagSeconds.map(Events::milliseconds).orElse(null));
        event.put("seconds", milliseconds(seconds));
        write(event);
    }

    /** How far the approval of a swap is. */
    public enum ApprovalState {
        AWAITED,
        APPROVED,
        REJECTED,
        EXPIRED
    }

    /**
     * A swap awaits approval, or waits no more.
     *
     * @param by who has decided
     * @param until how long it may wait
     */
    public void approval(ApprovalState state, Optional<String> by, Instant until) {
        ObjectNode event = event("approval");
        event.put("state", state.name().toLowerCase(Locale.ROOT));
        event.put("by", by.orElse(null));
        event.put("until", until.toString());
        write(event);
    }

    /** A sentence for the log, with its level as SLF4J names it: {@code INFO}, {@code WARN} or {@code ERROR}. */
    public void log(String level, String message) {
        ObjectNode event = event("log");
        event.put("level", level);
        event.put("message", redaction.apply(message));
        write(event);
    }

    /** The statistics as they are now. */
    public void statistics(LoadStatistics statistics) {
        ObjectNode event = event("statistics");
        event.set("statistics", LoadStatisticsJson.write(redaction.apply(statistics)));
        write(event);
    }

    /** The command is over; the last event of a stream. */
    public void finished(int exitCode, String status, String message) {
        ObjectNode event = event("finished");
        event.put("exitCode", exitCode);
        event.put("status", status);
        event.put("message", redaction.apply(message));
        write(event);
    }

    @Override
    public synchronized void close() {
        try {
            out.close();
        } catch (IOException failure) {
            lost(failure);
        }
    }

    private static double milliseconds(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }

    private ObjectNode event(String type) {
        ObjectNode event = MAPPER.createObjectNode();
        event.put("time", clock.instant().toString());
        event.put("pipe", pipe);
        event.put("run", run);
        event.put("type", type);
        return event;
    }

    private synchronized void write(ObjectNode event) {
        if (broken) {
            return;
        }
        try {
            out.write((event.toString() + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException failure) {
            lost(failure);
        }
    }

    private void lost(IOException failure) {
        if (!broken) {
            broken = true;
            LOG.warn("the reader of the events is gone, no more are written; the run goes on ({})", failure.toString());
        }
    }
}
