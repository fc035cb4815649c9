package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.changes.Destination.Lookup;
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
 * batch, else from the source as it is now.
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

    /** @param rows of these changes */
    void complete(TableChanges changes, List<PendingRow> rows, Slices slices) {
        StoredRows stored = new StoredRows();
        rows.forEach(row -> lookup(row).ifPresent(stored::want));
        int from = 0;
        while (from < rows.size()) {
            stored.find(destination, changes.table());
            int to = from;
            while (to < rows.size()
                    && lookup(rows.get(to)).map(stored::hasFound).orElse(true)) {
                to++;
            }
            List<ChangeRow> slice = complete(changes, rows.subList(from, to), stored);
            if (!slice.isEmpty()) {
                slices.accept(slice, from == 0 && to == rows.size() ? "" : from + "-" + to);
            }
            from = to;
        }
    }

    private static Optional<Lookup> lookup(PendingRow row) {
        return row.isComplete() ? Optional.empty() : row.origin();
    }

    private List<ChangeRow> complete(TableChanges changes, List<PendingRow> rows, StoredRows stored) {
        List<List<Value>> completed = new ArrayList<>(rows.size());
        Set<RowKey> unknown = new LinkedHashSet<>();
        for (PendingRow row : rows) {
            List<Value> values = lookup(row)
                    .flatMap(stored::row)
                    .filter(found -> !(found.deleted() && leavesUnknownPlace(changes, row)))
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
            // A tombstone needs a place; where the destination has no such row, nothing has to leave one.
            if (!row.deleted() || changes.hasPlace(completed.get(i))) {
                slice.add(new ChangeRow(known(changes, row, completed.get(i), current), row.version(), row.deleted()));
            }
            lookup(row).ifPresent(stored::release);
        }
        return slice;
    }

    private static boolean leavesUnknownPlace(TableChanges changes, PendingRow row) {
        return row.deleted() && !changes.hasPlace(row.values());
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
        return PendingRow.filled(known, Collections.nCopies(known.size(), Value.NULL));
    }

    /** Of these places the ones where the destination has a row that is alive. */
    Set<RowKey> alive(ReplicatedTable table, Map<RowKey, Lookup> lookups) {
        List<RowKey> places = List.copyOf(lookups.keySet());
        Set<RowKey> alive = new LinkedHashSet<>();
        int count = 0;
        while (count < places.size()) {
            List<Lookup> rest = places.subList(count, places.size()).stream()
                    .map(lookups::get)
                    .toList();
            for (Optional<ChangeRow> row : found(destination, table, rest)) {
                RowKey place = places.get(count++);
                row.filter(stored -> !stored.deleted()).ifPresent(stored -> alive.add(place));
            }
        }
        return alive;
    }

    private static List<Optional<ChangeRow>> found(
            Destination destination, ReplicatedTable table, List<Lookup> lookups) {
        List<Optional<ChangeRow>> rows = destination.latestRows(table, lookups);
        if (rows.isEmpty() || rows.size() > lookups.size()) {
            throw new IllegalStateException(rows.size() + " rows for " + lookups.size() + " lookups");
        }
        return rows;
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
                for (Optional<ChangeRow> row :
                        RowCompletion.found(destination, table, next.subList(count, next.size()))) {
                    found.put(next.get(count++), row);
                }
            }
            left = Optional.of(missing.subList(count, missing.size()));
        }

        boolean hasFound(Lookup lookup) {
            return found.containsKey(lookup);
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
