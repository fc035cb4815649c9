package io.jenkins.plugins.clickpipe.engine.changes;

/**
 * Changes that the destination has accepted.
 *
 * @param unknownValues values that no side knew any more and that became NULL: unchanged large values of rows that
 *     have been changed or deleted since
 */
public record ChangeCounts(
        long inserts, long updates, long deletes, long truncates, long transactions, long unknownValues) {
    static final ChangeCounts NONE = new ChangeCounts(0, 0, 0, 0, 0, 0);

    /** Row changes and truncated tables together. */
    public long changes() {
        return inserts + updates + deletes + truncates;
    }

    ChangeCounts plus(ChangeCounts other) {
        return new ChangeCounts(
                inserts + other.inserts,
                updates + other.updates,
                deletes + other.deletes,
                truncates + other.truncates,
                transactions + other.transactions,
                unknownValues + other.unknownValues);
    }
}
