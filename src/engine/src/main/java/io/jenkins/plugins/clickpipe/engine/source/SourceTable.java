package io.jenkins.plugins.clickpipe.engine.source;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A source table as the catalog has it.
 *
 * @param primaryKey columns of the primary key in key order; empty without one
 * @param deferrableKey the primary key is DEFERRABLE, so a transaction may hold two rows of one key for a time
 * @param replicaIdentity what UPDATE and DELETE write to the WAL
 * @param identityColumns the columns that name a row in the WAL; empty for {@code NOTHING}, all for {@code FULL}
 * @param relations what holds the rows: the table itself, its leaf partitions, or it and its inheritance children
 * @param readable the role may SELECT from it
 * @param owned the role may add it to a publication
 * @param shape what it is made of, read before all the other facts
 */
public record SourceTable(
        long oid,
        String schema,
        String name,
        List<SourceColumn> columns,
        List<String> primaryKey,
        boolean deferrableKey,
        ReplicaIdentity replicaIdentity,
        List<String> identityColumns,
        List<Relation> relations,
        boolean partitioned,
        boolean readable,
        boolean owned,
        TableShape shape) {
    public SourceTable {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
        identityColumns = List.copyOf(identityColumns);
        relations = List.copyOf(relations);
    }

    /** {@code pg_class.relreplident}. */
    public enum ReplicaIdentity {
        DEFAULT,
        FULL,
        INDEX,
        NOTHING
    }

    /**
     * A relation's replica identity.
     *
     * @param columns those that old rows in the WAL hold; empty where it names no row, and for {@code FULL}, which holds all
     */
    public record Identity(ReplicaIdentity kind, List<String> columns) {
        public Identity {
            requireNonNull(kind);
            columns = List.copyOf(columns);
        }

        /** PostgreSQL refuses UPDATEs and DELETEs of a published relation whose old rows would say nothing. */
        public boolean namesRows() {
            return kind == ReplicaIdentity.FULL || !columns.isEmpty();
        }

        /** An old row in the WAL holds the values of all these columns. */
        public boolean holds(Collection<String> names) {
            return kind == ReplicaIdentity.FULL || columns.containsAll(names);
        }
    }

    /**
     * A relation with rows of its own.
     *
     * @param blocks pages of 8 KiB it has now
     * @param estimatedRows the planner's estimate scaled to {@code blocks}; 0 when empty
     * @param bytes size of the heap and its TOAST table
     * @param identity what its own UPDATEs and DELETEs write to the WAL, whatever its root or parent says
     */
    public record Relation(
            long oid, String schema, String name, long blocks, long estimatedRows, long bytes, Identity identity) {
        public String quoted() {
            return SourceSql.quote(schema, name);
        }
    }

    public TableName tableName() {
        return new TableName(schema, name);
    }

    /** For people and patterns, for example {@code public.orders}. */
    public String qualifiedName() {
        return schema + "." + name;
    }

    public String quoted() {
        return SourceSql.quote(schema, name);
    }

    public long estimatedRows() {
        return relations.stream().mapToLong(Relation::estimatedRows).sum();
    }

    public long bytes() {
        return relations.stream().mapToLong(Relation::bytes).sum();
    }

    public Optional<SourceColumn> column(String columnName) {
        return columns.stream().filter(c -> c.name().equals(columnName)).findFirst();
    }
}
