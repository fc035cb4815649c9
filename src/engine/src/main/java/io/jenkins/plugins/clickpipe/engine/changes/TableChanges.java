package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Deleted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Inserted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.OldRow;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Updated;
import io.jenkins.plugins.clickpipe.engine.changes.Destination.Lookup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The row changes of one table, in the order of the WAL, folded into the rows to send: the last state of each key
 * where the destination keeps last states, else a row for each change. A deletion and the old half of a key change are
 * tombstones.
 */
final class TableChanges {
    private final ReplicatedTable table;
    private final int[] key;
    private final boolean sortsBeyondKey;
    private final Map<RowKey, PendingRow> latest = new LinkedHashMap<>();
    private final List<PendingRow> appended = new ArrayList<>();
    /** For tables that sort beyond the key: the row that each key had before its first change here. */
    private final Map<RowKey, Before> before = new LinkedHashMap<>();

    TableChanges(ReplicatedTable table) {
        this.table = requireNonNull(table);
        this.sortsBeyondKey = table.sortsBeyondKey();
        this.key = table.key().isEmpty()
                ? IntStream.range(0, table.columns().size()).toArray()
                : table.key().stream().mapToInt(table::position).toArray();
    }

    /** A row as it was before: known from its old tuple, or to be looked up. */
    record Before(Optional<List<Value>> known, Lookup lookup) {}

    void inserted(Inserted change, long version) {
        RowKey rowKey = key(change.row());
        put(rowKey, new PendingRow(change.row(), version, false, Optional.empty()));
    }

    void updated(Updated change, long version) {
        boolean lacks = change.row().contains(Value.MISSING);
        // A key column whose large value did not change stands in the old tuple.
        List<Value> row = lacks && change.old().isPresent()
                ? PendingRow.filled(change.row(), change.old().get().row())
                : change.row();
        RowKey newKey = key(row);
        RowKey oldKey = change.old().map(old -> key(old.row())).orElse(newKey);
        touch(oldKey, change.old(), version);
        if (!table.key().isEmpty() && newKey.equals(oldKey) && (!lacks || !row.contains(Value.MISSING))) {
            // The usual update takes nothing from the row before it.
            put(newKey, new PendingRow(row, version, false, Optional.empty()));
            return;
        }
        PendingRow replaced = previous(oldKey, change.old(), version);
        // Of equal rows without a key each counts, so also an UPDATE that changes nothing takes one away and adds one.
        if (table.key().isEmpty() || !newKey.equals(oldKey)) {
            put(oldKey, tombstone(replaced, change.old().orElseThrow().row(), version));
        }
        put(newKey, PendingRow.following(replaced, row, version, false));
    }

    void deleted(Deleted change, long version) {
        RowKey oldKey = key(change.old().row());
        touch(oldKey, Optional.of(change.old()), version);
        PendingRow replaced = previous(oldKey, Optional.of(change.old()), version);
        put(oldKey, tombstone(replaced, change.old().row(), version));
    }

    private static PendingRow tombstone(PendingRow replaced, List<Value> old, long version) {
        return PendingRow.following(replaced, old, version, true);
    }

    /** The row that a change replaces: from an earlier change, or one of which only the place is known. */
    private PendingRow previous(RowKey oldKey, Optional<OldRow> old, long version) {
        PendingRow known = latest.get(oldKey);
        if (known != null) {
            return known;
        }
        List<Value> values = old.map(OldRow::row)
                .orElseGet(() -> Collections.nCopies(table.columns().size(), Value.MISSING));
        return new PendingRow(values, version, false, Optional.of(lookup(oldKey, version)));
    }

    /** Rows that this batch sends for a key begin one below its first version, see {@link RowCompletion}. */
    private static Lookup lookup(RowKey rowKey, long firstVersion) {
        return new Lookup(rowKey, firstVersion - 1);
    }

    private void touch(RowKey oldKey, Optional<OldRow> old, long version) {
        if (sortsBeyondKey && !latest.containsKey(oldKey)) {
            before.putIfAbsent(oldKey, new Before(old.filter(OldRow::full).map(OldRow::row), lookup(oldKey, version)));
        }
    }

    private void put(RowKey rowKey, PendingRow row) {
        if (!table.keepsLastState()) {
            appended.add(row);
        }
        if (table.keepsLastState() || !table.key().isEmpty()) {
            latest.put(rowKey, row);
        }
    }

    private RowKey key(List<Value> row) {
        RowKey rowKey = RowKey.of(key, row);
        if (!table.key().isEmpty() && !rowKey.isComplete()) {
            throw new EngineException("A change of table " + table.source()
                    + " does not say which row it is about: key "
                    + String.join(", ", table.key()) + " is not part of its replica identity. Set the replica identity"
                    + " of the table to its primary key or to FULL, then run resync.");
        }
        return rowKey;
    }

    boolean isEmpty() {
        return latest.isEmpty() && appended.isEmpty();
    }

    ReplicatedTable table() {
        return table;
    }

    /** Key of a row of the table. */
    RowKey keyOf(PendingRow row) {
        return RowKey.of(key, row.values());
    }

    /** The rows to send, in the order of their first change. */
    Collection<PendingRow> rows() {
        return table.keepsLastState() ? latest.values() : appended;
    }

    PendingRow latest(RowKey rowKey) {
        return latest.get(rowKey);
    }

    Map<RowKey, Before> before() {
        return Collections.unmodifiableMap(before);
    }
}
