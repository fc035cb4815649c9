package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.changes.Destination.Lookup;
import java.util.List;
import java.util.Optional;

/**
 * A row that is to be sent and may lack values yet.
 *
 * @param origin the destination's row that has the missing values; empty for a row that is new
 */
record PendingRow(List<Value> values, long version, boolean deleted, Optional<Lookup> origin) {
    /** A row that lacks nothing. */
    static PendingRow complete(List<Value> values, long version) {
        return new PendingRow(values, version, false, Optional.empty());
    }

    /** The state that replaces this one; what it lacks it has from this row, and where that lacks it too, from its origin. */
    PendingRow followedBy(List<Value> next, long nextVersion) {
        return following(next, nextVersion, false);
    }

    /** The tombstone of this row. */
    PendingRow buried(List<Value> known, long rowVersion) {
        return following(known, rowVersion, true);
    }

    private PendingRow following(List<Value> next, long nextVersion, boolean dead) {
        List<Value> known = next.contains(Value.MISSING) ? filled(next, values) : next;
        return new PendingRow(known, nextVersion, dead, origin);
    }

    boolean isComplete() {
        return !values.contains(Value.MISSING);
    }

    /** A row with what it lacks taken from another, as far as that has it. */
    static List<Value> filled(List<Value> row, List<Value> other) {
        Value[] filled = row.toArray(Value[]::new);
        for (int i = 0; i < filled.length; i++) {
            if (filled[i] instanceof Value.Missing) {
                filled[i] = other.get(i);
            }
        }
        return List.of(filled);
    }
}
