package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.changes.Destination.Lookup;
import java.util.ArrayList;
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
        this.values = new ArrayList<>(values);
        this.version = version;
        this.deleted = deleted;
        this.origin = origin;
    }

    /** A row that takes the values it lacks from the one before it, and where that lacks them too, from its origin. */
    static PendingRow following(PendingRow before, List<Value> values, long version, boolean deleted) {
        PendingRow row = new PendingRow(values, version, deleted, before.origin);
        row.complete(before.values);
        return row;
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

    boolean isMissing(int column) {
        return values.get(column) instanceof Value.Missing;
    }

    boolean isComplete() {
        return !values.contains(Value.MISSING);
    }

    /** Fills in missing values from a row of the same table. */
    void complete(List<Value> other) {
        for (int i = 0; i < values.size(); i++) {
            if (isMissing(i)) {
                values.set(i, other.get(i));
            }
        }
    }

    /** Says NULL for what is still missing, and how many values that were. */
    int giveUp() {
        int unknown = 0;
        for (int i = 0; i < values.size(); i++) {
            if (isMissing(i)) {
                values.set(i, Value.NULL);
                unknown++;
            }
        }
        return unknown;
    }

    ChangeRow toRow() {
        return new ChangeRow(values, version, deleted);
    }
}
