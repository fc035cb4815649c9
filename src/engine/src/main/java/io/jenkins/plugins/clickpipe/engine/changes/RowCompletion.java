package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.changes.Destination.Lookup;
import io.jenkins.plugins.clickpipe.engine.changes.TableChanges.Before;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
 * <p>Lookups see only versions below the batch's own rows, so a batch that is applied again finds the same.
 */
final class RowCompletion {
    private final Destination destination;
    private final SourceRows source;
    private long unknownValues;

    RowCompletion(Destination destination, SourceRows source) {
        this.destination = requireNonNull(destination);
        this.source = requireNonNull(source);
    }

    /** Values that neither side knew any more and that went out as NULL, since it was made. */
    long unknownValues() {
        return unknownValues;
    }

    List<ChangeRow> complete(TableChanges changes) {
        Map<Lookup, ChangeRow> stored = lookUp(changes);
        Collection<PendingRow> rows = changes.rows();
        for (PendingRow row : rows) {
            row.origin().map(stored::get).ifPresent(found -> row.complete(found.values()));
        }
        askSource(changes, rows);
        for (PendingRow row : rows) {
            int unknown = row.giveUp();
            // A tombstone says what was; not knowing it loses nothing.
            unknownValues += row.deleted() ? 0 : unknown;
        }
        return changes.table().sortsBeyondKey() ? displaced(changes, stored) : toRows(rows);
    }

    private Map<Lookup, ChangeRow> lookUp(TableChanges changes) {
        Set<Lookup> wanted = new LinkedHashSet<>();
        for (PendingRow row : changes.rows()) {
            if (!row.isComplete()) {
                row.origin().ifPresent(wanted::add);
            }
        }
        changes.before().values().stream()
                .filter(before -> before.known().isEmpty())
                .forEach(before -> wanted.add(before.lookup()));
        Map<Lookup, ChangeRow> stored = new HashMap<>();
        if (!wanted.isEmpty()) {
            List<Lookup> lookups = List.copyOf(wanted);
            List<Optional<ChangeRow>> found = destination.latestRows(changes.table(), lookups);
            if (found.size() != lookups.size()) {
                throw new IllegalStateException(found.size() + " rows for " + lookups.size() + " lookups");
            }
            for (int i = 0; i < found.size(); i++) {
                Lookup lookup = lookups.get(i);
                found.get(i).ifPresent(row -> stored.put(lookup, row));
            }
        }
        return stored;
    }

    private void askSource(TableChanges changes, Collection<PendingRow> rows) {
        Set<RowKey> wanted = new LinkedHashSet<>();
        for (PendingRow row : rows) {
            if (!row.deleted() && !row.isComplete()) {
                wanted.add(changes.keyOf(row));
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        Map<RowKey, List<Value>> current = source.current(changes.table(), wanted);
        for (PendingRow row : rows) {
            List<Value> found = row.deleted() ? null : current.get(changes.keyOf(row));
            if (found != null) {
                row.complete(found);
            }
        }
    }

    private static List<ChangeRow> toRows(Collection<PendingRow> rows) {
        return rows.stream().map(PendingRow::toRow).toList();
    }

    /** The rows, and a tombstone at each place that a row has left. */
    private static List<ChangeRow> displaced(TableChanges changes, Map<Lookup, ChangeRow> stored) {
        List<ChangeRow> rows = new ArrayList<>();
        Set<PendingRow> replaced = new LinkedHashSet<>();
        changes.before().forEach((rowKey, before) -> {
            PendingRow last = changes.latest(rowKey);
            oldPlace(before, stored).ifPresent(values -> {
                // A tombstone below the row's new state loses against it where the place is the same.
                rows.add(new ChangeRow(values, last.deleted() ? last.version() : last.version() - 1, true));
                if (last.deleted()) {
                    replaced.add(last);
                }
            });
        });
        changes.rows().stream()
                .filter(row -> !replaced.contains(row))
                .map(PendingRow::toRow)
                .forEach(rows::add);
        return rows;
    }

    private static Optional<List<Value>> oldPlace(Before before, Map<Lookup, ChangeRow> stored) {
        Optional<List<Value>> place = before.known();
        if (place.isEmpty()) {
            place = Optional.ofNullable(stored.get(before.lookup()))
                    .filter(row -> !row.deleted())
                    .map(ChangeRow::values);
        }
        return place.map(RowCompletion::withoutMissing);
    }

    private static List<Value> withoutMissing(List<Value> values) {
        return values.stream()
                .map(value -> value instanceof Value.Missing ? Value.NULL : value)
                .toList();
    }
}
