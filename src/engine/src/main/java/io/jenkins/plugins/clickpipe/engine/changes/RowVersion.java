package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Versions of destination rows, unsigned: they follow the order in which transactions committed.
 *
 * <p>The upper {@value #POSITION_BITS} bits hold a WAL position, the lower {@value #SHIFT} its place for a number. For a
 * change the position is that of its transaction's commit record, which is a multiple of 8, so {@value #NUMBER_BITS} bits are
 * free for a number. A change's own position would be no order: an INSERT writes its record before it waits at a unique
 * index, so the DELETE that lets it through has the higher position and the earlier commit.
 *
 * <p>The number counts the steps of a transaction, from 0: its parts, TRUNCATEs, and the states of one key where the
 * destination keeps each. A step has two versions: the higher one is that of its rows, the lower one that of its tombstones,
 * so that a row always wins over a tombstone of the same step.
 *
 * <p>Versions of the first builds were WAL positions themselves and are lower than any of these.
 */
public final class RowVersion {
    private static final int SHIFT = 13;
    private static final int POSITION_BITS = Long.SIZE - SHIFT;
    private static final int NUMBER_BITS = SHIFT + 3;
    /** Steps that a transaction may have. */
    static final int STEPS = 1 << NUMBER_BITS - 1;

    private RowVersion() {}

    /**
     * The version of the rows of a snapshot: just below that of its consistent point. What the snapshot shows committed
     * before that point, all else commits at it or behind.
     *
     * @throws EngineException when the position is beyond 2 PiB of WAL
     */
    public static long ofSnapshot(LogSequenceNumber consistentPoint) {
        return first(consistentPoint) - 1;
    }

    /** The version that rows of changes before a position stay below. */
    public static long first(LogSequenceNumber position) {
        if (position.asLong() >>> POSITION_BITS != 0) {
            throw new EngineException("The source's WAL has passed position " + position.asString()
                    + ", and versions of rows hold positions up to 2 PiB.");
        }
        return position.asLong() << SHIFT;
    }

    /**
     * The version of rows that a transaction's step makes.
     *
     * @param step 0 to {@value #STEPS} - 1
     */
    static long ofRow(LogSequenceNumber commit, int step) {
        if (step < 0 || step >= STEPS) {
            throw new IllegalArgumentException("step " + step);
        }
        return first(commit) + 2L * step + 1;
    }

    /** The version of the tombstones of the step whose rows have this one. */
    static long ofTombstone(long row) {
        return row - 1;
    }
}
