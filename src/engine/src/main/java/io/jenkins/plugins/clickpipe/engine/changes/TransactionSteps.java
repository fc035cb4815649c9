package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.util.OptionalLong;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Counts the steps of the transaction that is being applied, over all its parts. They follow from its changes alone, so a
 * replay that is cut in the same way counts the same.
 */
final class TransactionSteps {
    private LogSequenceNumber commit = LogSequenceNumber.INVALID_LSN;
    private int step;
    private int highest;

    /** Forgets the transaction before: another batch begins. */
    void begin() {
        commit = LogSequenceNumber.INVALID_LSN;
    }

    /** A change of this transaction comes next. */
    void enter(LogSequenceNumber transaction) {
        if (!transaction.equals(commit)) {
            commit = transaction;
            step = 0;
            highest = 0;
        }
    }

    /**
     * What comes now replaces all that the transaction has made so far.
     *
     * @throws EngineException when versions cannot count so many steps
     */
    void next() {
        if (highest + 1 == RowVersion.STEPS) {
            throw new EngineException("The transaction that committed at " + commit.asString() + " has more than "
                    + RowVersion.STEPS + " TRUNCATEs or parts of 32 MiB, which versions of rows cannot tell apart. Run"
                    + " resync.");
        }
        highest++;
        step = highest;
    }

    /** Version of the rows that the transaction's next change makes. */
    long version() {
        return RowVersion.ofRow(commit, step);
    }

    /** The same, but higher than another version of the same key; empty when versions cannot count so many. */
    OptionalLong versionAfter(long other) {
        long version = version();
        if (Long.compareUnsigned(other, version) < 0) {
            return OptionalLong.of(version);
        }
        int after = (int) (other - version) / 2 + step + 1;
        if (after >= RowVersion.STEPS - 1) {
            return OptionalLong.empty();
        }
        highest = Math.max(highest, after);
        return OptionalLong.of(RowVersion.ofRow(commit, after));
    }
}
