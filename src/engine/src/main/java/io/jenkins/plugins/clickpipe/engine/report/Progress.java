package io.jenkins.plugins.clickpipe.engine.report;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how far the initial load has come: on a terminal as a live bar on standard error, elsewhere as a line in
 * the log at most every five seconds, the last one when it is closed. Safe for use by many threads.
 *
 * <p>While a bar is shown, {@link System#err} is a stream that writes above it, so that log lines stay whole;
 * {@link #close} puts the former stream back.
 */
public final class Progress implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(5);

    private final Clock clock;
    private final ThroughputMeter meter;
    private final Consumer<String> lines;
    private final ProgressBar bar;
    private final Runnable atEnd;
    private Instant lastLine;
    private String pending = "";
    private boolean closed;

    private Progress(Clock clock, Consumer<String> lines, ProgressBar bar, Runnable atEnd) {
        this.clock = requireNonNull(clock);
        this.meter = new ThroughputMeter(clock);
        this.lines = lines;
        this.bar = bar;
        this.atEnd = atEnd;
        this.lastLine = clock.instant();
    }

    /** A bar when {@code terminal}, see {@link Terminal#isAttached}, else lines in the log. */
    public static Progress start(boolean terminal, Clock clock) {
        if (!terminal) {
            return lines(LOG::info, clock);
        }
        PrintStream before = System.err;
        TerminalLine line = new TerminalLine(before, Terminal.width());
        System.setErr(new PrintStream(line, true, Terminal.charset()));
        return bar(line, clock, () -> System.setErr(before));
    }

    static Progress lines(Consumer<String> lines, Clock clock) {
        return new Progress(clock, lines, null, () -> {});
    }

    static Progress bar(TerminalLine line, Clock clock, Runnable atEnd) {
        boolean unicode = Terminal.charset().equals(StandardCharsets.UTF_8);
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("Snapshot")
                .setInitialMax(0)
                .setUnit(" rows", 1)
                .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .hideEta()
                // Otherwise a step that comes while the bar is being drawn is not shown until the next one.
                .continuousUpdate()
                .setConsumer(line)
                .clearDisplayOnFinish()
                .build();
        return new Progress(clock, text -> {}, bar, atEnd);
    }

    /** Takes in the present state of the load; cheap, may be called as often as one likes. */
    public synchronized void update(LoadProgress progress) {
        if (closed) {
            return;
        }
        ThroughputMeter.Speed speed = meter.measure(progress);
        if (bar != null) {
            bar.maxHint(Math.max(progress.estimatedRows(), progress.rows()));
            bar.stepTo(progress.rows());
            bar.setExtraMessage(" " + speed(progress, speed));
            return;
        }
        pending = describe(progress, speed);
        if (!clock.instant().isBefore(lastLine.plus(LINE_INTERVAL))) {
            print();
        }
    }

    /** Takes the bar away, or prints the last line if it has not been printed. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        print();
        if (bar != null) {
            bar.close();
        }
        atEnd.run();
    }

    private void print() {
        if (!pending.isEmpty()) {
            lines.accept(pending);
            lastLine = clock.instant();
            pending = "";
        }
    }

    private static String describe(LoadProgress progress, ThroughputMeter.Speed speed) {
        String rows = HumanUnits.count(progress.rows());
        if (progress.estimatedRows() > 0 && !progress.finished()) {
            rows += " of about " + HumanUnits.count(progress.estimatedRows());
        }
        return String.format(Locale.ROOT, "%s rows (%.0f %%), ", rows, Math.floor(progress.fraction() * 100))
                + speed(progress, speed);
    }

    private static String speed(LoadProgress progress, ThroughputMeter.Speed speed) {
        return HumanUnits.rate(speed.rowsPerSecond()) + " rows/s, "
                + HumanUnits.bytes(speed.bytesPerSecond()) + "/s, "
                + HumanUnits.count(progress.partitionsDone()) + "/" + HumanUnits.count(progress.partitionsTotal())
                + " partitions"
                + speed.remaining()
                        .filter(left -> !left.isZero())
                        .map(left -> ", ETA " + HumanUnits.duration(left))
                        .orElse("");
    }
}
