package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.Sync;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.resync.PipeSync.Extent;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.postgresql.replication.LogSequenceNumber;

/** How far one sync has come, however often its stream is opened again: where it ends, and what it has done. */
final class Course {
    private final Extent extent;
    private final LongSupplier nanos;
    private final Patience patience;
    private final long started;
    private LogSequenceNumber target;
    private SyncResult before = SyncResult.NONE;
    private SyncResult now = SyncResult.NONE;

    /** @param nanos the time, as {@link System#nanoTime()} has it */
    Course(Extent extent, LongSupplier nanos) {
        this.extent = Objects.requireNonNull(extent);
        this.nanos = Objects.requireNonNull(nanos);
        this.patience = new Patience(nanos);
        this.started = nanos.getAsLong();
    }

    /** The pipe is ours, and both servers answer; returns whether that is so for the first time. */
    boolean begin(LogSequenceNumber walEnd) {
        boolean first = target == null;
        if (first) {
            target = walEnd;
        }
        patience.begin();
        return first;
    }

    boolean hasBegun() {
        return target != null;
    }

    /** What comes now is counted anew by its stream. */
    void nextStream() {
        before = now;
    }

    /** A batch was applied, or there was nothing to apply; returns the totals. */
    SyncResult progress(SyncResult ofStream) {
        SyncResult next = before.plus(ofStream);
        // ClickHouse was asked only where there were changes
        if (!next.counts().equals(now.counts())) {
            patience.succeed();
        }
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
     * @throws EngineException the fault itself, when the sync had not begun, and as {@link Patience#pauseAfter} does
     */
    Duration pauseAfter(EngineException fault) {
        if (target == null) {
            throw fault;
        }
        return patience.pauseAfter(fault);
    }
}
