package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.changes.Change.Deleted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Inserted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.OldRow;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Updated;
import io.jenkins.plugins.clickpipe.engine.changes.Destination.Lookup;
import io.jenkins.plugins.clickpipe.engine.changes.Place.Occupancy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Changes of a table whose destination keeps the last state of each sorting key: folded to the last state of each such
 * place, in the order in which rows left and came. A row is recognised by its replica identity, which need not be the
 * sorting key; where a change does not tell the place that a row leaves, the destination's row does.
 */
final class LastStates extends TableChanges {
    private final int[] sortingKey;
    private final boolean sortsBeyondKey;
    private final boolean deferrable;
    /** What names a row is its place. */
    private final boolean placeIsKey;
    /** Rows as this batch has left them, by what the next change will name them by, where that is not their place. */
    private final Map<RowKey, PendingRow> current = new HashMap<>();

    private final Map<RowKey, Place> places = new LinkedHashMap<>();
    /** Rows whose place is that of a large value which their changes do not carry. */
    private final Map<RowKey, PendingRow> unplaced = new LinkedHashMap<>();
    /** Tombstones of rows that left a place which only the destination knows. */
    private final List<PendingRow> departures = new ArrayList<>();

    LastStates(ReplicatedTable table, TransactionSteps steps) {
        super(table, steps);
        this.sortingKey = table.sortingKey().stream().mapToInt(table::position).toArray();
        this.sortsBeyondKey = table.sortsBeyondKey();
        this.deferrable = table.deferrableKey();
        this.placeIsKey = table.key().equals(table.sortingKey());
    }

    @Override
    void inserted(Inserted change) {
        put(PendingRow.complete(change.row(), steps.version()));
    }

    @Override
    void updated(Updated change) {
        long version = steps.version();
        List<Value> row = newRow(change);
        boolean stays = change.old().isEmpty() && !sortsBeyondKey;
        if (stays && !row.contains(Value.MISSING)) {
            // The usual update takes nothing from the row before it.
            put(PendingRow.complete(row, version));
            return;
        }
        OldRow old = change.old().orElseGet(() -> keyOnly(row));
        PendingRow before = before(old, version);
        if (!stays) {
            leave(old, before, version);
        }
        put(before.followedBy(row, version));
    }

    @Override
    void deleted(Deleted change) {
        long version = steps.version();
        leave(change.old(), before(change.old(), version), version);
    }

    /** The row that a change replaces: as this batch has it, or one of which only the beginning is known. */
    private PendingRow before(OldRow old, long version) {
        RowKey oldKey = key(old.row());
        if (old.full()) {
            return PendingRow.complete(old.row(), version);
        }
        return current(oldKey).orElseGet(() -> stored(old, oldKey, version));
    }

    private Optional<PendingRow> current(RowKey rowKey) {
        return placeIsKey
                ? Optional.ofNullable(places.get(rowKey)).flatMap(Place::last)
                : Optional.ofNullable(current.get(rowKey));
    }

    private void leave(OldRow old, PendingRow before, long version) {
        PendingRow tombstone = before.buried(old.row(), RowVersion.ofTombstone(version));
        RowKey oldKey = key(old.row());
        boolean ofThisBatch = current.remove(oldKey) != null;
        Optional<RowKey> place = place(tombstone.values());
        if (place.isPresent()) {
            at(place.get()).remove(old.row(), tombstone);
        } else if (ofThisBatch) {
            // Its own place was never taken, and the one before it is among the departures.
            unplaced.remove(oldKey);
        } else {
            departures.add(tombstone);
        }
    }

    private void put(PendingRow row) {
        RowKey rowKey = key(row.values());
        if (placeIsKey) {
            at(rowKey).put(row);
            return;
        }
        if (!deferrable) {
            current.put(rowKey, row);
        }
        place(row.values()).ifPresentOrElse(place -> at(place).put(row), () -> unplaced.put(rowKey, row));
    }

    private Place at(RowKey place) {
        return places.computeIfAbsent(place, any -> Place.of(table()));
    }

    private Optional<RowKey> place(List<Value> row) {
        return Optional.of(RowKey.of(table(), sortingKey, row)).filter(RowKey::isComplete);
    }

    @Override
    boolean hasPlace(List<Value> row) {
        return place(row).isPresent();
    }

    @Override
    List<PendingRow> rows() {
        List<PendingRow> rows = new ArrayList<>(departures);
        places.values().forEach(place -> place.last().ifPresent(rows::add));
        rows.addAll(unplaced.values());
        return rows;
    }

    /** Places of two rows, in the middle of a transaction. */
    Set<RowKey> shared() {
        Set<RowKey> shared = new LinkedHashSet<>();
        places.forEach((place, state) -> {
            if (state.occupancy() == Occupancy.SHARED) {
                shared.add(place);
            }
        });
        return shared;
    }

    /** Where there may be two, what has to be known of the destination. */
    Map<RowKey, Lookup> lookupsOfShared() {
        Map<RowKey, Lookup> lookups = new LinkedHashMap<>();
        places.forEach((place, state) -> {
            if (state.occupancy() == Occupancy.UNKNOWN) {
                PendingRow row = state.last().orElseThrow();
                lookups.put(place, lookup(key(row.values()), row.version()));
            }
        });
        return lookups;
    }

    /** Takes these places out, for the next part of the transaction. */
    LastStates keepBack(Set<RowKey> kept) {
        LastStates next = new LastStates(table(), steps);
        kept.forEach(place -> next.places.put(place, places.remove(place)));
        return next;
    }
}
