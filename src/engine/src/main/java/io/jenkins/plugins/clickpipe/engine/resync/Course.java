package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.Sync;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.resync.PipeSync.Extent;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock.PipeBusyException;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.postgresql.replication.LogSequenceNumber;

/** How far one sync has come, however often its stream is opened again: where it ends, and what it has done. */
final class Course {
    /** How long connections may stay broken. */
    static final Duration LIMIT = Duration.ofMinutes(15);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Extent extent;
    private final LongSupplier nanos;
    private final long started;
    private LogSequenceNumber target;
    private SyncResult before = SyncResult.NONE;
    private SyncResult now = SyncResult.NONE;
    private long began;
    private boolean open;
    private long brokenSince;
    private int failures;

    /** @param nanos the time, as {@link System#nanoTime()} has it */
    Course(Extent extent, LongSupplier nanos) {
        this.extent = Objects.requireNonNull(extent);
        this.nanos = Objects.requireNonNull(nanos);
        this.started = nanos.getAsLong();
    }

    /** The pipe is ours, and both servers answer; returns whether that is so for the first time. */
    boolean begin(LogSequenceNumber walEnd) {
        boolean first = target == null;
        if (first) {
            target = walEnd;
        }
        began = nanos.getAsLong();
        open = true;
        return first;
    }

    /** What comes now is counted anew by its stream. */
    void nextStream() {
        before = now;
    }

    /** A batch was applied, or there was nothing to apply; returns the totals. */
    SyncResult progress(SyncResult ofStream) {
        SyncResult next = before.plus(ofStream);
        // ClickHouse was asked only where there were changes
        failures = next.counts().equals(now.counts()) ? failures : 0;
        now = next;
        return now;
    }

    SyncResult run(Sync sync) {
        SyncResult result;
        if (extent instanceof Extent.Once) {
            result = sync.runOnce(target);
        } else if (extent instanceof Extent.For limited) {
            result = sync.runFor(limited.time().minusNanos(nanos.getAsLong() - started));
        } else {
            result = sync.runUntilStopped();
        }
        return progress(result);
    }

    /** What was done before a stop. */
    SyncResult stopped() {
        return new SyncResult(now.counts(), now.confirmed(), now.committed(), now.seconds(), true);
    }

    /**
     * How long to wait before the connections are opened again.
     *
     * @throws EngineException the fault itself, when it is none that passes, when the sync had not begun, or when it
     *     has lasted for too long
     */
    Duration pauseAfter(EngineException fault) {
        // The server may not have noticed yet that the session with our lock is gone.
        boolean passing = fault instanceof SourceException source && source.isTransient()
                || fault instanceof TargetException destination && destination.isTransient()
                || fault instanceof PipeBusyException;
        if (target == null || !passing) {
            throw fault;
        }
        long time = nanos.getAsLong();
        // Servers that answer and then fail each time are broken too. A stream that held for long was not; ClickHouse
        // is asked when there are changes alone, so its fault says nothing about the time before.
        boolean held = open && !(fault instanceof TargetException) && time - began > LIMIT.toNanos();
        open = false;
        if (failures == 0 || held) {
            failures = 0;
            brokenSince = time;
        } else if (time - brokenSince > LIMIT.toNanos()) {
            throw fault;
        }
        Duration pause = Duration.ofSeconds(1L << Math.min(failures++, 5));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
