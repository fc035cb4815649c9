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
 * @param deferrableKey a transaction may hold two rows of one key until it ends
 * @param logged the columns that every old tuple holds, whichever partition its row is in: a partition logs by its own
 *     replica identity, and its root's stands in the stream
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
        boolean keepsLastState,
        boolean deferrableKey,
        Set<String> logged) {

    /**
     * A mapped column.
     *
     * @param typeOid {@code pg_attribute.atttypid}; 0 when it is not known, then a changed type is not noticed
     * @param typmod {@code pg_attribute.atttypmod}
     * @param older the value of rows that were written before the column was added; empty for a column that every row
     *     of the stream has
     * @param isNumber equal values may be written with more or fewer zeros
     */
    public record Column(String name, long typeOid, int typmod, Optional<Value> older, boolean isNumber) {
        private static final Set<String> NUMBERS = Set.of("numeric", "float4", "float8");

        public Column {
            requireNonNull(name);
            requireNonNull(older);
        }

        /** A column that every row of the stream has, of whole numbers or no numbers. */
        public Column(String name, long typeOid, int typmod) {
            this(name, typeOid, typmod, Optional.empty(), false);
        }

        private static Column of(SourceColumn column, long typeOid) {
            return new Column(
                    column.name(),
                    typeOid,
                    column.type().typmod(),
                    Optional.empty(),
                    NUMBERS.contains(column.type().withoutDomains().name()));
        }

        private Column withOlder(Optional<Value> value) {
            return new Column(name, typeOid, typmod, value, isNumber);
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
        logged = Set.copyOf(logged);
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
                .map(column -> Column.of(column, typeOids.getOrDefault(column.name(), 0L)))
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
                keepsLastState,
                source.deferrableKey(),
                columns.stream()
                        .filter(column -> source.relations().stream()
                                .allMatch(relation -> relation.identity().holds(List.of(column))))
                        .collect(Collectors.toSet()));
    }

    /** The same table with other columns left out on purpose. */
    public ReplicatedTable ignoring(Set<String> names) {
        Set<String> ignored = new HashSet<>(ignoredColumns);
        ignored.addAll(names);
        return with(columns, ignored);
    }

    /** The same table, of which some columns came while it was followed: by name, what older rows have. */
    public ReplicatedTable withAdded(Map<String, Value> older) {
        List<Column> known = columns.stream()
                .map(column -> column.withOlder(Optional.ofNullable(older.get(column.name()))))
                .toList();
        return with(known, ignoredColumns);
    }

    private ReplicatedTable with(List<Column> known, Set<String> ignored) {
        return new ReplicatedTable(
                source,
                heaps,
                destination,
                known,
                ignored,
                key,
                identity,
                sortingKey,
                keepsLastState,
                deferrableKey,
                logged);
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
