package io.jenkins.plugins.clickpipe.engine.changes;

import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /** For people, for example {@code 2 inserts, 1 delete in 1 transaction}. */
    @Override
    public String toString() {
        if (changes() == 0) {
            return "no changes";
        }
        String what = Stream.of(
                        counted(inserts, "insert"),
                        counted(updates, "update"),
                        counted(deletes, "delete"),
                        counted(truncates, "TRUNCATE"))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
        String unknown = counted(unknownValues, "unknown value");
        String whole =
                transactions == 0 ? " of a transaction that goes on" : " in " + counted(transactions, "transaction");
        return what + whole + (unknown.isEmpty() ? "" : "; " + unknown);
    }

    private static String counted(long count, String noun) {
        return count == 0 ? "" : count + " " + noun + (count == 1 ? "" : "s");
    }
}
