package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.IgnoredOperations;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Which relation's changes belong to which table: leaf partitions and inheritance children to their parent's; and from
 * which position on.
 */
public final class RelationMap {
    private final Map<TableName, ReplicatedTable> tables = new HashMap<>();
    private final Map<String, ReplicatedTable> byDestination = new HashMap<>();
    private final Map<String, LogSequenceNumber> starts;
    private final Optional<SourceWatch> watch;
    private final IgnoredOperations ignored;

    /** @throws EngineException when two tables claim the same relation */
    public RelationMap(Collection<ReplicatedTable> replicated) {
        this(replicated, Map.of());
    }

    /**
     * @param starts by destination table, up to where it holds all changes already; none for a table without
     * @throws EngineException when two tables claim the same relation
     */
    public RelationMap(Collection<ReplicatedTable> replicated, Map<String, LogSequenceNumber> starts) {
        this(replicated, starts, Optional.empty(), IgnoredOperations.NONE);
    }

    /**
     * @param starts by destination table, up to where it holds all changes already; none for a table without
     * @param watch knows the relations of the tables; without one they are known by name
     * @param ignored what does not reach the destinations
     * @throws EngineException when two tables claim the same relation
     */
    public RelationMap(
            Collection<ReplicatedTable> replicated,
            Map<String, LogSequenceNumber> starts,
            Optional<SourceWatch> watch,
            IgnoredOperations ignored) {
        this.starts = Map.copyOf(starts);
        this.ignored = requireNonNull(ignored);
        this.watch = requireNonNull(watch);
        for (ReplicatedTable table : replicated) {
            byDestination.put(table.destination(), table);
            claim(table.source(), table);
            table.heaps().forEach(heap -> claim(heap, table));
        }
    }

    private void claim(TableName relation, ReplicatedTable table) {
        ReplicatedTable other = tables.putIfAbsent(relation, table);
        if (other != null && !other.equals(table)) {
            throw new EngineException("Relation " + relation + " belongs to " + other.source() + " and to "
                    + table.source() + ", which are both in the pipe: its changes could go to one of them alone."
                    + " Exclude one from the pipe.");
        }
    }

    /** The table holds what a transaction with this commit position has changed already. */
    boolean holds(ReplicatedTable table, LogSequenceNumber commitLsn) {
        LogSequenceNumber start = starts.get(table.destination());
        return start != null && commitLsn.compareTo(start) < 0;
    }

    /**
     * The table that takes a relation's changes; empty for a relation that is not in the pipe.
     *
     * @param relation {@code pg_class.oid}
     * @param xid of the transaction that has changed it
     * @throws SourceChangedException when the relation belongs to a table of the pipe since the catalog was read
     */
    Optional<ReplicatedTable> table(long relation, TableName name, long xid) {
        return watch.isPresent() ? watch.get().destination(relation, xid).map(byDestination::get) : table(name);
    }

    IgnoredOperations ignored() {
        return ignored;
    }

    /**
     * The source is as it was when the map was made.
     *
     * @param now looks in any case; otherwise not more often than the look is worth
     * @return whether it was looked at
     * @throws SourceChangedException when it is not
     */
    boolean verify(boolean now) {
        return watch.isEmpty() || watch.get().verify(now);
    }

    /** The table that takes a relation's changes; empty for a relation that is not in the pipe. */
    public Optional<ReplicatedTable> table(TableName relation) {
        return Optional.ofNullable(tables.get(relation));
    }
}
