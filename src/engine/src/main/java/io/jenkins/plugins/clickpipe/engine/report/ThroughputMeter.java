package io.jenkins.plugins.clickpipe.engine.report;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Measures the present speed of a load as its mean over the last ten seconds or, when updates are rarer, since
 * the update before. Not thread-safe: its owner guards it.
 */
final class ThroughputMeter {
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final Clock clock;
    private final Deque<Point> points = new ArrayDeque<>();

    ThroughputMeter(Clock clock) {
        this.clock = requireNonNull(clock);
        points.add(new Point(clock.instant(), 0, 0));
    }

    /** Takes in the present state and returns the speed. */
    Speed measure(LoadProgress progress) {
        Point now = new Point(clock.instant(), progress.rows(), progress.bytes());
        Instant horizon = now.time().minus(WINDOW);
        while (points.size() > 1 && points.peekFirst().time().isBefore(horizon)) {
            points.removeFirst();
        }
        if (Duration.between(points.peekLast().time(), now.time()).toMillis() >= 100) {
            points.addLast(now);
        }
        Point then = points.peekFirst();
        double seconds = Duration.between(then.time(), now.time()).toNanos() / 1e9;
        if (seconds <= 0) {
            return new Speed(0, 0, Optional.empty());
        }
        double rows = Math.max(0, now.rows() - then.rows()) / seconds;
        double bytes = Math.max(0, now.bytes() - then.bytes()) / seconds;
        return new Speed(rows, bytes, remaining(progress, rows));
    }

    private static Optional<Duration> remaining(LoadProgress progress, double rowsPerSecond) {
        double fraction = progress.fraction();
        if (fraction >= 1) {
            return Optional.of(Duration.ZERO);
        }
        if (fraction <= 0 || rowsPerSecond <= 0) {
            return Optional.empty();
        }
        double rowsLeft = progress.rows() / fraction - progress.rows();
        return Optional.of(Duration.ofSeconds(Math.round(rowsLeft / rowsPerSecond)));
    }

    private record Point(Instant time, long rows, long bytes) {}

    /**
     * The speed of a load at one moment.
     *
     * @param remaining estimated time to the end of the load; empty when it cannot be told
     */
    record Speed(double rowsPerSecond, double bytesPerSecond, Optional<Duration> remaining) {}
}
