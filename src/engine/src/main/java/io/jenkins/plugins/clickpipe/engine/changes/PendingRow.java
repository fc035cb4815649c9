package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.changes.Destination.Lookup;
import java.util.List;
import java.util.Optional;

/** A row that is to be sent and may lack values yet. */
final class PendingRow {
    private final List<Value> values;
    private final long version;
    private final boolean deleted;
    /** The destination's row that has the missing values; empty for a row that is new. */
    private final Optional<Lookup> origin;

    PendingRow(List<Value> values, long version, boolean deleted, Optional<Lookup> origin) {
        this.values = values;
        this.version = version;
        this.deleted = deleted;
        this.origin = origin;
    }

    /** A row that takes the values it lacks from the one before it, and where that lacks them too, from its origin. */
    static PendingRow following(PendingRow before, List<Value> values, long version, boolean deleted) {
        List<Value> known = values.contains(Value.MISSING) ? filled(values, before.values) : values;
        return new PendingRow(known, version, deleted, before.origin);
    }

    List<Value> values() {
        return values;
    }

    long version() {
        return version;
    }

    boolean deleted() {
        return deleted;
    }

    Optional<Lookup> origin() {
        return origin;
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
