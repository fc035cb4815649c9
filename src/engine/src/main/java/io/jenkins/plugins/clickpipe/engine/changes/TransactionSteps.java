package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.EngineException;
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

    /** What comes now replaces all that the transaction has made so far. */
    void next() {
        use(highest + 1);
        step = highest;
    }

    /** Version of the rows that the transaction's next change makes. */
    long version() {
        return RowVersion.ofRow(commit, step);
    }

    /** The same, but higher than another version of the same key. */
    long versionAfter(long other) {
        long version = version();
        if (Long.compareUnsigned(other, version) < 0) {
            return version;
        }
        int after = (int) (other - version) / 2 + step + 1;
        use(after);
        return RowVersion.ofRow(commit, after);
    }

    private void use(int number) {
        if (number >= RowVersion.STEPS) {
            throw new EngineException("The transaction that committed at " + commit.asString() + " has more than "
                    + RowVersion.STEPS + " steps (TRUNCATEs, or changes of one key of a table that keeps every"
                    + " state), which versions of rows cannot tell apart. Run resync.");
        }
        highest = Math.max(highest, number);
    }
}
