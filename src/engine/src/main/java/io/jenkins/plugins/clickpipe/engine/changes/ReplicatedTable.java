package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.source.SourceColumn;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.ReplicaIdentity;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A source table and the destination table that its changes go to.
 *
 * @param source the table as the pipe names it: an ordinary table, a partition root or an inheritance parent
 * @param heaps the relations that hold its rows: itself, its leaf partitions, or it and its inheritance children
 * @param destination name of the destination table
 * @param columns the mapped columns, in the order in which rows are handed to the {@link Destination}
 * @param ignoredColumns source columns that are left out on purpose
 * @param key names of the columns that name a row in old tuples: the replica identity's columns; with
 *     {@code REPLICA IDENTITY FULL} the primary key, or nothing where there is none and only the whole row names itself
 * @param identity the columns of the replica identity when the mapping was made, all of them with {@code FULL}
 * @param sortingKey names of the columns by which the destination tells rows apart
 * @param keepsLastState the destination replaces older versions of a row (ReplacingMergeTree); if not, it appends
 */
public record ReplicatedTable(
        TableName source,
        Set<TableName> heaps,
        String destination,
        List<Column> columns,
        Set<String> ignoredColumns,
        List<String> key,
        Set<String> identity,
        List<String> sortingKey,
        boolean keepsLastState) {

    /**
     * A mapped column.
     *
     * @param typeOid {@code pg_attribute.atttypid}; 0 when it is not known, then a changed type is not noticed
     * @param typmod {@code pg_attribute.atttypmod}
     * @param older the value of rows that were written before the column was added; empty for a column that every row
     *     of the stream has
     */
    public record Column(String name, long typeOid, int typmod, Optional<Value> older) {
        public Column {
            requireNonNull(name);
            requireNonNull(older);
        }

        /** A column that every row of the stream has. */
        public Column(String name, long typeOid, int typmod) {
            this(name, typeOid, typmod, Optional.empty());
        }
    }

    public ReplicatedTable {
        requireNonNull(source);
        requireNonNull(destination);
        heaps = Set.copyOf(heaps);
        columns = List.copyOf(columns);
        ignoredColumns = Set.copyOf(ignoredColumns);
        key = List.copyOf(key);
        identity = Set.copyOf(identity);
        sortingKey = List.copyOf(sortingKey);
        Set<String> names = new LinkedHashSet<>();
        columns.forEach(column -> names.add(column.name()));
        if (!names.containsAll(key) || !names.containsAll(sortingKey)) {
            throw new IllegalArgumentException("a key of " + source + " has a column that is not mapped");
        }
    }

    /**
     * A table as the catalog has it now.
     *
     * @param columns names of the columns to replicate, in the order of rows; the table's others are left out on purpose
     * @param typeOids {@code pg_attribute.atttypid} by column name, as far as known
     */
    public static ReplicatedTable of(
            SourceTable source,
            String destination,
            List<String> columns,
            Map<String, Long> typeOids,
            List<String> sortingKey,
            boolean keepsLastState) {
        boolean full = source.replicaIdentity() == ReplicaIdentity.FULL;
        List<String> key = full ? source.primaryKey() : source.identityColumns();
        Set<TableName> heaps = source.relations().stream()
                .map(relation -> new TableName(relation.schema(), relation.name()))
                .collect(Collectors.toSet());
        List<Column> mapped = columns.stream()
                .map(name -> source.column(name).orElseThrow())
                .map(column -> new Column(
                        column.name(),
                        typeOids.getOrDefault(column.name(), 0L),
                        column.type().typmod()))
                .toList();
        Set<String> ignored = source.columns().stream()
                .map(SourceColumn::name)
                .filter(name -> !columns.contains(name))
                .collect(Collectors.toSet());
        return new ReplicatedTable(
                new TableName(source.schema(), source.name()),
                heaps,
                destination,
                mapped,
                ignored,
                key,
                Set.copyOf(source.identityColumns()),
                sortingKey,
                keepsLastState);
    }

    /** The same table with other columns left out on purpose. */
    public ReplicatedTable ignoring(Set<String> names) {
        Set<String> ignored = new HashSet<>(ignoredColumns);
        ignored.addAll(names);
        return new ReplicatedTable(
                source, heaps, destination, columns, ignored, key, identity, sortingKey, keepsLastState);
    }

    /** The same table, of which some columns came while it was followed: by name, what older rows have. */
    public ReplicatedTable withAdded(Map<String, Value> older) {
        List<Column> known = columns.stream()
                .map(c -> new Column(c.name(), c.typeOid(), c.typmod(), Optional.ofNullable(older.get(c.name()))))
                .toList();
        return new ReplicatedTable(
                source, heaps, destination, known, ignoredColumns, key, identity, sortingKey, keepsLastState);
    }

    /** Position of a mapped column. */
    int position(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no column " + column + " in " + source);
    }

    /** The destination tells rows apart by columns that an UPDATE may change without naming their old values. */
    boolean sortsBeyondKey() {
        return keepsLastState && !new HashSet<>(key).containsAll(sortingKey);
    }
}
