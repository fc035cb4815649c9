package io.jenkins.plugins.clickpipe.engine.source;

import java.util.List;
import java.util.Optional;

/**
 * A source table as the catalog has it.
 *
 * @param primaryKey columns of the primary key in key order; empty without one
 * @param replicaIdentity what UPDATE and DELETE write to the WAL
 * @param identityColumns the columns that name a row in the WAL; empty for {@code NOTHING}, all for {@code FULL}
 * @param relations what holds the rows: the table itself, its leaf partitions, or it and its inheritance children
 * @param readable the role may SELECT from it
 * @param owned the role may add it to a publication
 */
public record SourceTable(
        long oid,
        String schema,
        String name,
        List<SourceColumn> columns,
        List<String> primaryKey,
        ReplicaIdentity replicaIdentity,
        List<String> identityColumns,
        List<Relation> relations,
        boolean partitioned,
        boolean readable,
        boolean owned) {
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
     * A relation with rows of its own.
     *
     * @param blocks pages of 8 KiB it has now
     * @param estimatedRows the planner's estimate scaled to {@code blocks}; 0 when empty
     * @param bytes size of the heap and its TOAST table
     */
    public record Relation(long oid, String schema, String name, long blocks, long estimatedRows, long bytes) {
        public String quoted() {
            return SourceSql.quote(schema, name);
        }
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
