package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.Sync;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.changes.WalEnd;
import io.jenkins.plugins.clickpipe.engine.resync.PipeSync.Extent;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock.PipeBusyException;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;
import org.postgresql.replication.LogSequenceNumber;

/** How far one sync has come, however often its stream is opened again: where it ends, and what it has done. */
final class Course {
    /** How long connections may stay broken. */
    static final Duration LIMIT = Duration.ofMinutes(15);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Extent extent;
    private final long started = System.nanoTime();
    private LogSequenceNumber target;
    private SyncResult before = SyncResult.NONE;
    private SyncResult now = SyncResult.NONE;
    private long lastGood;
    private int failures;

    Course(Extent extent) {
        this.extent = Objects.requireNonNull(extent);
    }

    /** The pipe is ours, and both servers answer; returns whether that is so for the first time. */
    boolean begin(Connection session) {
        boolean first = target == null;
        if (first) {
            target = WalEnd.now(session);
        }
        lastGood = System.nanoTime();
        return first;
    }

    /** What comes now is counted anew by its stream. */
    void nextStream() {
        before = now;
    }

    /** A batch was applied; returns the totals. */
    SyncResult progress(SyncResult ofStream) {
        now = before.plus(ofStream);
        lastGood = System.nanoTime();
        failures = 0;
        return now;
    }

    SyncResult run(Sync sync) {
        SyncResult result;
        if (extent instanceof Extent.Once) {
            result = sync.runOnce(target);
        } else if (extent instanceof Extent.For limited) {
            result = sync.runFor(limited.time().minusNanos(System.nanoTime() - started));
        } else {
            result = sync.runUntilStopped();
        }
        return progress(result);
    }

    /** What was done before a stop. */
    SyncResult stopped() {
        return new SyncResult(now.counts(), now.confirmed(), now.seconds(), true);
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
        if (target == null || !passing || System.nanoTime() - lastGood > LIMIT.toNanos()) {
            throw fault;
        }
        Duration pause = Duration.ofSeconds(1L << Math.min(failures++, 5));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
