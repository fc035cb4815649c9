package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.changes.Destination.Lookup;
import io.jenkins.plugins.clickpipe.engine.changes.TableChanges.Before;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Completes the rows of one table: values that the changes do not carry come from the destination's row before this
 * batch, else from the source as it is now. Where the destination sorts by more than the key, the row at the old
 * place gets a tombstone of its own.
 *
 * <p>Lookups see only versions below the batch's own rows, so a batch that is applied again finds the same. What is
 * found may be much more than the changes themselves, so rows are handed over in slices.
 */
final class RowCompletion {
    /** Lookups for a slice of a table that appends: always the same, so that a repeated slice has its token again. */
    private static final int APPENDED_LOOKUPS = 1000;

    private final Destination destination;
    private final SourceRows source;
    private long unknownValues;

    RowCompletion(Destination destination, SourceRows source) {
        this.destination = requireNonNull(destination);
        this.source = requireNonNull(source);
    }

    /** Takes complete rows. */
    interface Slices {
        /**
         * Takes the next rows.
         *
         * @param name tells the slice from the table's others; empty when it is the only one
         */
        void accept(List<ChangeRow> rows, String name);
    }

    /** Values that neither side knew any more and that went out as NULL, since it was made. */
    long unknownValues() {
        return unknownValues;
    }

    void complete(TableChanges changes, Slices slices) {
        List<PendingRow> rows = List.copyOf(changes.rows());
        StoredRows stored = new StoredRows();
        rows.forEach(row -> lookups(changes, row).forEach(stored::want));
        int from = 0;
        while (from < rows.size()) {
            stored.find(destination, changes.table());
            int to = from;
            while (to < rows.size() && stored.hasFound(lookups(changes, rows.get(to)))) {
                to++;
            }
            List<ChangeRow> slice = complete(changes, rows.subList(from, to), stored);
            if (!slice.isEmpty()) {
                slices.accept(slice, from == 0 && to == rows.size() ? "" : from + "-" + to);
            }
            from = to;
        }
    }

    private static List<Lookup> lookups(TableChanges changes, PendingRow row) {
        if (row.isComplete() && changes.before().isEmpty()) {
            return List.of();
        }
        List<Lookup> lookups = new ArrayList<>(2);
        if (!row.isComplete()) {
            row.origin().ifPresent(lookups::add);
        }
        before(changes, row)
                .filter(before -> before.known().isEmpty())
                .ifPresent(before -> lookups.add(before.lookup()));
        return lookups;
    }

    private static Optional<Before> before(TableChanges changes, PendingRow row) {
        return changes.before().isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(changes.before().get(changes.keyOf(row)));
    }

    private List<ChangeRow> complete(TableChanges changes, List<PendingRow> rows, StoredRows stored) {
        List<List<Value>> completed = new ArrayList<>(rows.size());
        Set<RowKey> unknown = new LinkedHashSet<>();
        for (PendingRow row : rows) {
            List<Value> values = row.isComplete()
                    ? row.values()
                    : row.origin()
                            .flatMap(stored::row)
                            .map(found -> PendingRow.filled(row.values(), found.values()))
                            .orElse(row.values());
            completed.add(values);
            if (!row.deleted() && values.contains(Value.MISSING)) {
                unknown.add(changes.keyOf(row));
            }
        }
        Map<RowKey, List<Value>> current = unknown.isEmpty() ? Map.of() : source.current(changes.table(), unknown);
        List<ChangeRow> slice = new ArrayList<>(rows.size());
        for (int i = 0; i < completed.size(); i++) {
            PendingRow row = rows.get(i);
            Optional<List<Value>> oldPlace = before(changes, row).flatMap(before -> oldPlace(before, stored));
            // A tombstone below the row's new state loses against it where the place is the same.
            oldPlace.ifPresent(values ->
                    slice.add(new ChangeRow(values, row.deleted() ? row.version() : row.version() - 1, true)));
            if (oldPlace.isEmpty() || !row.deleted()) {
                slice.add(new ChangeRow(known(changes, row, completed.get(i), current), row.version(), row.deleted()));
            }
            lookups(changes, row).forEach(stored::release);
        }
        return slice;
    }

    private List<Value> known(
            TableChanges changes, PendingRow row, List<Value> values, Map<RowKey, List<Value>> current) {
        if (!values.contains(Value.MISSING)) {
            return values;
        }
        List<Value> found = row.deleted() ? null : current.get(changes.keyOf(row));
        List<Value> known = found == null ? values : PendingRow.filled(values, found);
        // A tombstone says what was; not knowing it loses nothing.
        unknownValues += row.deleted() ? 0 : Collections.frequency(known, Value.MISSING);
        return withoutMissing(known);
    }

    private static Optional<List<Value>> oldPlace(Before before, StoredRows stored) {
        Optional<List<Value>> place = before.known();
        if (place.isEmpty()) {
            place = stored.row(before.lookup()).filter(row -> !row.deleted()).map(ChangeRow::values);
        }
        return place.map(RowCompletion::withoutMissing);
    }

    private static List<Value> withoutMissing(List<Value> values) {
        return PendingRow.filled(values, Collections.nCopies(values.size(), Value.NULL));
    }

    /** The destination's rows that are looked up, each from when it is found until nobody needs it any more. */
    private static final class StoredRows {
        private final Map<Lookup, Integer> users = new LinkedHashMap<>();
        private final Map<Lookup, Optional<ChangeRow>> found = new HashMap<>();
        private Optional<List<Lookup>> left = Optional.empty();

        void want(Lookup lookup) {
            users.merge(lookup, 1, Integer::sum);
        }

        /** Looks for as many of the next as the memory takes. */
        void find(Destination destination, ReplicatedTable table) {
            List<Lookup> missing = left.orElseGet(() -> List.copyOf(users.keySet()));
            List<Lookup> next =
                    table.keepsLastState() ? missing : missing.subList(0, Math.min(missing.size(), APPENDED_LOOKUPS));
            int due = table.keepsLastState() ? Math.min(1, next.size()) : next.size();
            int count = 0;
            while (count < due) {
                List<Optional<ChangeRow>> rows = destination.latestRows(table, next.subList(count, next.size()));
                if (rows.isEmpty() || rows.size() > next.size() - count) {
                    throw new IllegalStateException(rows.size() + " rows for " + next.size() + " lookups");
                }
                for (Optional<ChangeRow> row : rows) {
                    found.put(next.get(count++), row);
                }
            }
            left = Optional.of(missing.subList(count, missing.size()));
        }

        boolean hasFound(List<Lookup> lookups) {
            return found.keySet().containsAll(lookups);
        }

        Optional<ChangeRow> row(Lookup lookup) {
            return found.get(lookup);
        }

        void release(Lookup lookup) {
            if (users.merge(lookup, -1, Integer::sum) == 0) {
                found.remove(lookup);
            }
        }
    }
}
