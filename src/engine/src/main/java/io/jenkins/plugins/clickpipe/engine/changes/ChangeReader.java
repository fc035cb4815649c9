package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Deleted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Inserted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Operation;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Truncated;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Updated;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.postgresql.replication.LogSequenceNumber;

/** Turns messages into changes of the pipe's tables and fills a buffer with them. */
final class ChangeReader {
    private static final int CHANGE_BYTES = 128;
    private static final int VALUE_BYTES = 32;

    private final RelationMap tables;
    private final TransactionBuffer buffer;
    /** Every relation announced so far, with the table that takes its changes; none for those outside the pipe. */
    private final Map<Long, Announced> relations = new HashMap<>();
    /** Those of which a change has come that the table does not hold yet. */
    private final Map<Long, BoundRelation> bound = new HashMap<>();

    private LogSequenceNumber commitLsn = LogSequenceNumber.INVALID_LSN;
    private long xid;

    private record Announced(Message.Relation relation, Optional<ReplicatedTable> table) {}

    ChangeReader(RelationMap tables, TransactionBuffer buffer) {
        this.tables = requireNonNull(tables);
        this.buffer = requireNonNull(buffer);
    }

    /**
     * @param bytes length of the message
     * @throws StructureChangedException when a table changed so that its changes no longer fit its mapping
     */
    void accept(Message message, int bytes) {
        if (message instanceof Message.Begin begin) {
            commitLsn = begin.commitLsn();
            xid = begin.xid();
            buffer.begin(commitLsn);
        } else if (message instanceof Message.Commit commit) {
            buffer.commit(new CommitPoint(commit.endLsn(), commit.committed()));
        } else if (message instanceof Message.Relation relation) {
            announce(relation);
        } else if (message instanceof Message.Insert insert) {
            change(
                    insert.relation(),
                    weight(bytes, insert.row()),
                    relation -> new Inserted(relation.row(insert.row())));
        } else if (message instanceof Message.Update update) {
            change(
                    update.relation(),
                    weight(bytes, update.row()),
                    relation -> new Updated(update.old().map(relation::oldRow), relation.row(update.row())));
        } else if (message instanceof Message.Delete delete) {
            long weight = weight(bytes, delete.old().row());
            if (tables.ignored().hasDelete()) {
                buffer.pass(weight);
            } else {
                change(delete.relation(), weight, relation -> new Deleted(relation.oldRow(delete.old())));
            }
        } else if (message instanceof Message.Truncate truncate
                && tables.ignored().hasTruncate()) {
            buffer.pass(0);
        } else if (message instanceof Message.Truncate truncate) {
            truncate(truncate);
        }
        // Origin, Type and Emitted change no table.
    }

    /** About what a change takes of the memory while it waits; it follows from the message alone. */
    private static long weight(int bytes, List<Value> row) {
        return CHANGE_BYTES + bytes + (long) VALUE_BYTES * row.size();
    }

    private void change(long relation, long weight, Function<BoundRelation, Operation> operation) {
        Optional<BoundRelation> followed = relation(relation);
        if (followed.isPresent()) {
            buffer.add(new Change(followed.get().table(), commitLsn, operation.apply(followed.get())), weight);
        } else {
            buffer.pass(weight);
        }
    }

    private void announce(Message.Relation relation) {
        TableName name = new TableName(relation.schema(), relation.name());
        relations.put(relation.id(), new Announced(relation, tables.table(relation.id(), name, xid)));
        bound.remove(relation.id());
    }

    /** Empty when nobody follows the relation, or when its table holds this change already. */
    private Optional<BoundRelation> relation(long id) {
        Announced announced = relations.get(id);
        if (announced == null) {
            throw new EngineException("PostgreSQL sent a change of relation " + id + " without announcing it.");
        }
        if (announced.table().isEmpty() || tables.holds(announced.table().get(), commitLsn)) {
            return Optional.empty();
        }
        return Optional.of(bound.computeIfAbsent(
                id,
                i -> new BoundRelation(announced.relation(), announced.table().get())));
    }

    private void truncate(Message.Truncate truncate) {
        Map<String, Set<TableName>> emptied = new LinkedHashMap<>();
        Map<String, ReplicatedTable> byDestination = new HashMap<>();
        for (long id : truncate.relations()) {
            relation(id).ifPresent(relation -> {
                byDestination.put(relation.table().destination(), relation.table());
                emptied.computeIfAbsent(relation.table().destination(), d -> new HashSet<>())
                        .add(relation.name());
            });
        }
        buffer.pass(0);
        emptied.forEach((destination, names) -> {
            ReplicatedTable table = byDestination.get(destination);
            boolean partitionRoot =
                    names.contains(table.source()) && !table.heaps().contains(table.source());
            if (!partitionRoot && !names.containsAll(table.heaps())) {
                throw new StructureChangedException(
                        table,
                        "only a part of it was truncated ("
                                + names.stream().map(Object::toString).sorted().collect(Collectors.joining(", "))
                                + "), and its destination does not know which rows came from there",
                        List.of());
            }
            buffer.append(new Change(table, commitLsn, new Truncated()));
        });
    }
}
