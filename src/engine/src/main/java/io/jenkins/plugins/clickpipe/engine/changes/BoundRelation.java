package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.Change.OldRow;
import io.jenkins.plugins.clickpipe.engine.changes.Message.Column;
import io.jenkins.plugins.clickpipe.engine.changes.Message.OldTuple;
import io.jenkins.plugins.clickpipe.engine.changes.Message.Relation;
import io.jenkins.plugins.clickpipe.engine.changes.Message.ReplicaIdentity;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.types.TextTypes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A relation of the stream that was found to fit its table, and turns tuples into the table's rows. */
final class BoundRelation {
    /** A changed modifier of these changes what the destination's type can hold: numeric and numeric[]. */
    private static final Set<Long> MODIFIER_MATTERS = Set.of(1700L, 1231L);

    private final Relation relation;
    private final ReplicatedTable table;
    /** For each of the table's columns where it stands in a tuple; -1 for one that the tuples are older than. */
    private final int[] positions;
    /** It is a partition root, whose partitions write its tuples. */
    private final boolean speaksForParts;
    /** A whole old tuple holds every value. */
    private final boolean logsAll;
    /** Tuples are rows of the table as they are. */
    private final boolean inOrder;

    /** @throws StructureChangedException when the relation's structure does not fit the table's mapping */
    BoundRelation(Relation relation, ReplicatedTable table) {
        this.relation = requireNonNull(relation);
        this.table = requireNonNull(table);
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < relation.columns().size(); i++) {
            byName.put(relation.columns().get(i).name(), i);
        }
        this.positions = table.columns().stream()
                .mapToInt(column -> position(column, byName))
                .toArray();
        this.inOrder = Arrays.equals(
                positions, IntStream.range(0, relation.columns().size()).toArray());
        this.speaksForParts = !isChild() && !table.heaps().contains(table.source());
        this.logsAll = !speaksForParts
                || table.columns().stream().allMatch(c -> table.logged().contains(c.name()));
        checkIdentity();
        Set<String> known = new HashSet<>(table.ignoredColumns());
        table.columns().forEach(column -> known.add(column.name()));
        List<String> added = relation.columns().stream()
                .map(Column::name)
                .filter(name -> !known.contains(name))
                .toList();
        if (!isChild() && !added.isEmpty()) {
            throw new StructureChangedException(
                    table, (added.size() == 1 ? "column " : "columns ") + String.join(", ", added) + " came", added);
        }
    }

    private int position(ReplicatedTable.Column column, Map<String, Integer> byName) {
        Integer position = byName.get(column.name());
        if (position == null && column.older().isPresent()) {
            return -1;
        }
        if (position == null) {
            throw changed("column " + column.name() + " was dropped, renamed or left out of the publication");
        }
        Column sent = relation.columns().get(position);
        boolean retyped = column.typeOid() != 0
                && (!TextTypes.isSame(sent.typeOid(), column.typeOid())
                        || (MODIFIER_MATTERS.contains(sent.typeOid()) && sent.typmod() != column.typmod()));
        if (retyped) {
            throw changed("column " + column.name() + " has another type");
        }
        return position;
    }

    private void checkIdentity() {
        if (relation.identity() == ReplicaIdentity.FULL || isChild()) {
            return;
        }
        Set<String> now = relation.columns().stream()
                .filter(Column::inKey)
                .map(Column::name)
                .collect(Collectors.toSet());
        boolean namesTheKey = !table.key().isEmpty() && now.equals(new HashSet<>(table.key()));
        if (!now.equals(table.identity()) && !namesTheKey) {
            throw changed("its rows are now named by " + (now.isEmpty() ? "no column" : String.join(", ", now))
                    + " (key or replica identity)");
        }
    }

    /** A partition or an inheritance child has an identity and columns of its own; its rows are told apart by the table's key. */
    private boolean isChild() {
        return !table.source().equals(new TableName(relation.schema(), relation.name()));
    }

    private StructureChangedException changed(String how) {
        return new StructureChangedException(table, how, List.of());
    }

    ReplicatedTable table() {
        return table;
    }

    TableName name() {
        return new TableName(relation.schema(), relation.name());
    }

    /** A new tuple as a row of the table. */
    List<Value> row(List<Value> tuple) {
        check(tuple);
        if (inOrder) {
            return tuple;
        }
        Value[] row = new Value[positions.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = positions[i] < 0 ? older(i) : tuple.get(positions[i]);
        }
        return List.of(row);
    }

    /**
     * An old tuple as a row of the table. A key tuple says NULL for what it does not know. So does a whole one of a
     * partition root, whose partitions log less than it says.
     */
    OldRow oldRow(OldTuple tuple) {
        check(tuple.row());
        boolean full = tuple.full() && logsAll;
        if (full) {
            return new OldRow(true, row(tuple.row()));
        }
        Value[] row = new Value[positions.length];
        for (int i = 0; i < row.length; i++) {
            Value value = positions[i] < 0 ? Value.MISSING : tuple.row().get(positions[i]);
            row[i] = isKnown(i, tuple, value) ? value : Value.MISSING;
        }
        return new OldRow(false, List.of(row));
    }

    private boolean isKnown(int column, OldTuple tuple, Value value) {
        if (positions[column] < 0) {
            return false;
        }
        boolean logged = table.logged().contains(table.columns().get(column).name());
        if (tuple.full()) {
            return logged || value != Value.NULL;
        }
        return relation.columns().get(positions[column]).inKey() && (value != Value.NULL || logged || !speaksForParts);
    }

    private Value older(int column) {
        return table.columns().get(column).older().orElseThrow();
    }

    private void check(List<Value> tuple) {
        if (tuple.size() != relation.columns().size()) {
            throw new EngineException("PostgreSQL sent a row of " + relation.qualifiedName() + " with " + tuple.size()
                    + " columns, though it announced " + relation.columns().size() + ".");
        }
    }
}
