package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.changes.Change.Deleted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Inserted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.OldRow;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Updated;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes of a table whose destination keeps every row that it is sent: each change is a row. A deletion and the old half
 * of a key change are tombstones. Where rows have a key, each state of it has a higher version than the one before.
 */
final class EveryState extends TableChanges {
    private final List<PendingRow> rows = new ArrayList<>();
    private final Map<RowKey, PendingRow> latest = new HashMap<>();
    private final boolean keyed;

    EveryState(ReplicatedTable table, TransactionSteps steps) {
        super(table, steps);
        this.keyed = !table.key().isEmpty();
    }

    @Override
    void inserted(Inserted change) {
        RowKey rowKey = key(change.row());
        append(rowKey, PendingRow.complete(change.row(), version(rowKey)));
    }

    @Override
    void updated(Updated change) {
        List<Value> row = newRow(change);
        RowKey newKey = key(row);
        RowKey oldKey = change.old().map(old -> key(old.row())).orElse(newKey);
        long version = max(version(oldKey), version(newKey));
        boolean moves = !keyed || !newKey.equals(oldKey);
        if (!moves && !row.contains(Value.MISSING)) {
            append(newKey, PendingRow.complete(row, version));
            return;
        }
        PendingRow replaced = before(oldKey, change.old().orElseGet(() -> keyOnly(row)), version);
        // Of equal rows without a key each counts, so also an UPDATE that changes nothing takes one away and adds one.
        if (moves) {
            bury(oldKey, replaced, change.old().orElseThrow(), version);
        }
        append(newKey, replaced.followedBy(row, version));
    }

    @Override
    void deleted(Deleted change) {
        RowKey oldKey = key(change.old().row());
        long version = version(oldKey);
        bury(oldKey, before(oldKey, change.old(), version), change.old(), version);
    }

    private PendingRow before(RowKey oldKey, OldRow old, long version) {
        return Optional.ofNullable(latest.get(oldKey)).orElseGet(() -> stored(old, oldKey, version));
    }

    /** A tombstone of a row without a key is counted against rows of its own version and older ones. */
    private void bury(RowKey oldKey, PendingRow replaced, OldRow old, long version) {
        append(oldKey, replaced.buried(old.row(), keyed ? RowVersion.ofTombstone(version) : version));
    }

    private long version(RowKey rowKey) {
        PendingRow last = keyed ? latest.get(rowKey) : null;
        return last == null
                ? steps.version()
                : steps.versionAfter(last.version())
                        .orElseThrow(() -> new StructureChangedException(
                                table(),
                                "one transaction changed one key more often than versions of rows can count ("
                                        + RowVersion.STEPS + ")",
                                List.of()));
    }

    private static long max(long one, long other) {
        return Long.compareUnsigned(one, other) < 0 ? other : one;
    }

    private void append(RowKey rowKey, PendingRow row) {
        rows.add(row);
        if (keyed) {
            latest.put(rowKey, row);
        }
    }

    @Override
    boolean hasPlace(List<Value> row) {
        return true;
    }

    @Override
    List<PendingRow> rows() {
        return Collections.unmodifiableList(rows);
    }
}
