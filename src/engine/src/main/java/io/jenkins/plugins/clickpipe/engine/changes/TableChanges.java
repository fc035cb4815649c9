package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.changes.Change.Deleted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Inserted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.OldRow;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Updated;
import io.jenkins.plugins.clickpipe.engine.changes.Destination.Lookup;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The row changes of one table, in the order of the WAL, made into the rows to send. */
abstract sealed class TableChanges permits LastStates, EveryState {
    private final ReplicatedTable table;
    private final int[] key;
    final TransactionSteps steps;

    TableChanges(ReplicatedTable table, TransactionSteps steps) {
        this.table = requireNonNull(table);
        this.steps = requireNonNull(steps);
        this.key = table.key().isEmpty()
                ? IntStream.range(0, table.columns().size()).toArray()
                : table.key().stream().mapToInt(table::position).toArray();
    }

    /** @param steps of the transactions whose changes come */
    static TableChanges of(ReplicatedTable table, TransactionSteps steps) {
        return table.keepsLastState() ? new LastStates(table, steps) : new EveryState(table, steps);
    }

    abstract void inserted(Inserted change);

    abstract void updated(Updated change);

    abstract void deleted(Deleted change);

    /** The rows to send, in a fixed order. */
    abstract List<PendingRow> rows();

    /** The destination knows where a row of these values is. */
    abstract boolean hasPlace(List<Value> row);

    ReplicatedTable table() {
        return table;
    }

    /** Key of a row of the table. */
    RowKey keyOf(PendingRow row) {
        return RowKey.of(table, key, row.values());
    }

    /**
     * The key of a row that a change is about.
     *
     * @throws StructureChangedException when the change does not hold it
     */
    RowKey key(List<Value> row) {
        RowKey rowKey = RowKey.of(table, key, row);
        if (!table.key().isEmpty() && !rowKey.isComplete()) {
            throw new StructureChangedException(
                    table,
                    "a change does not say which row it is about, since the replica identity of the table or of a part"
                            + " of it does not hold the key " + String.join(", ", table.key())
                            + " (set it to the primary key or to FULL)",
                    List.of());
        }
        return rowKey;
    }

    /** Rows that this batch sends for a key begin with the tombstones of its first change's step. */
    static Lookup lookup(RowKey rowKey, long firstVersion) {
        return new Lookup(rowKey, RowVersion.ofTombstone(firstVersion));
    }

    /** A key column whose large value did not change stands in the old tuple. */
    static List<Value> newRow(Updated change) {
        return change.old().isPresent() && change.row().contains(Value.MISSING)
                ? PendingRow.filled(change.row(), change.old().get().row())
                : change.row();
    }

    /** The destination's row as far as a change tells it, with the place where the rest is. */
    PendingRow stored(OldRow old, RowKey rowKey, long version) {
        return new PendingRow(old.row(), version, false, Optional.of(lookup(rowKey, version)));
    }

    /** What an UPDATE without an old tuple tells of the old row: its key is that of the new one. */
    OldRow keyOnly(List<Value> row) {
        Value[] known = new Value[row.size()];
        Arrays.fill(known, Value.MISSING);
        for (int position : key) {
            known[position] = row.get(position);
        }
        return new OldRow(false, List.of(known));
    }
}
