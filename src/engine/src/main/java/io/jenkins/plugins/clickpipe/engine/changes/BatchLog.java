package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Remembers which transactions a batch is made of, so that a batch that was cut short is made of the same ones again
 * and its deduplication tokens fit.
 */
public interface BatchLog {
    /** The batch that was planned last, unless it {@linkplain Plan#isAppliedUpTo is applied}. */
    Optional<Plan> pending();

    /** Stores a plan lastingly, before anything of the batch is sent. */
    void planned(Plan plan);

    /** Stores lastingly that every transaction up to this one is in the destination, before it is confirmed. */
    void applied(CommitPoint end);

    /** Stores lastingly that nothing before a position is left to apply, before that is confirmed; or keeps no account. */
    default void idle(LogSequenceNumber position) {}

    /**
     * Consecutive transactions.
     *
     * @param from {@linkplain Message.Begin#commitLsn() commit position} of the first
     * @param to commit position of the last
     * @param partSize a single transaction of more changes than this is sent in parts of this size, which doubles after each
     *     1,024 parts
     */
    record Plan(LogSequenceNumber from, LogSequenceNumber to, int partSize) {
        public Plan {
            requireNonNull(from);
            requireNonNull(to);
            if (partSize < 1) {
                throw new IllegalArgumentException("part size " + partSize);
            }
        }

        /**
         * The batch is part of what was applied up to a position. A commit record may start exactly where the applied
         * one before it ends, so a plan that ends at that position is still to do.
         */
        public boolean isAppliedUpTo(LogSequenceNumber end) {
            return to.compareTo(end) < 0;
        }
    }
}
