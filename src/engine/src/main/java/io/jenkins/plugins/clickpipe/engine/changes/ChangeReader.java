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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns messages into changes of the pipe's tables and fills a buffer with them. */
final class ChangeReader {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeReader.class);

    private final RelationMap tables;
    private final TransactionBuffer buffer;
    /** Every relation announced so far; empty for those outside the pipe. */
    private final Map<Long, Optional<BoundRelation>> relations = new HashMap<>();

    private final Set<String> warned = new HashSet<>();
    private LogSequenceNumber commitLsn = LogSequenceNumber.INVALID_LSN;

    ChangeReader(RelationMap tables, TransactionBuffer buffer) {
        this.tables = requireNonNull(tables);
        this.buffer = requireNonNull(buffer);
    }

    /**
     * @param lsn the message's own WAL position
     * @throws EngineException when a table changed so that its changes no longer fit
     */
    void accept(Message message, LogSequenceNumber lsn) {
        if (message instanceof Message.Begin begin) {
            commitLsn = begin.commitLsn();
            buffer.begin(commitLsn);
        } else if (message instanceof Message.Commit commit) {
            buffer.commit(commit.endLsn());
        } else if (message instanceof Message.Relation relation) {
            bind(relation);
        } else if (message instanceof Message.Insert insert) {
            relation(insert.relation())
                    .ifPresent(relation -> add(relation, lsn, new Inserted(relation.row(insert.row()))));
        } else if (message instanceof Message.Update update) {
            relation(update.relation())
                    .ifPresent(relation -> add(
                            relation,
                            lsn,
                            new Updated(update.old().map(relation::oldRow), relation.row(update.row()))));
        } else if (message instanceof Message.Delete delete) {
            relation(delete.relation())
                    .ifPresent(relation -> add(relation, lsn, new Deleted(relation.oldRow(delete.old()))));
        } else if (message instanceof Message.Truncate truncate) {
            truncate(truncate, lsn);
        }
        // Origin, Type and Emitted change no table.
    }

    private void add(BoundRelation relation, LogSequenceNumber lsn, Operation operation) {
        add(new Change(relation.table(), lsn, operation));
    }

    private void add(Change change) {
        if (!tables.holds(change.table(), commitLsn)) {
            buffer.add(change);
        }
    }

    private void bind(Message.Relation relation) {
        Optional<BoundRelation> bound = tables.table(new TableName(relation.schema(), relation.name()))
                .map(table -> new BoundRelation(relation, table));
        relations.put(relation.id(), bound);
        bound.ifPresent(known -> {
            if (!known.addedColumns().isEmpty() && warned.add(known.name() + " " + known.addedColumns())) {
                LOG.warn(
                        "table {} has new columns that are not replicated until the next resync: {}",
                        known.name(),
                        String.join(", ", known.addedColumns()));
            }
        });
    }

    private Optional<BoundRelation> relation(long id) {
        Optional<BoundRelation> relation = relations.get(id);
        if (relation == null) {
            throw new EngineException("PostgreSQL sent a change of relation " + id + " without announcing it.");
        }
        return relation;
    }

    private void truncate(Message.Truncate truncate, LogSequenceNumber lsn) {
        Map<String, Set<TableName>> emptied = new LinkedHashMap<>();
        Map<String, ReplicatedTable> byDestination = new HashMap<>();
        for (long id : truncate.relations()) {
            relation(id).ifPresent(relation -> {
                byDestination.put(relation.table().destination(), relation.table());
                emptied.computeIfAbsent(relation.table().destination(), d -> new HashSet<>())
                        .add(relation.name());
            });
        }
        emptied.forEach((destination, names) -> {
            ReplicatedTable table = byDestination.get(destination);
            boolean partitionRoot =
                    names.contains(table.source()) && !table.heaps().contains(table.source());
            if (!partitionRoot && !names.containsAll(table.heaps())) {
                throw new EngineException("Only a part of table " + table.source() + " was truncated (" + names
                        + "), and destination table " + destination + " does not know which rows came from it. Sync"
                        + " stopped; nothing is lost while the slot stands. Run resync to rebuild the table.");
            }
            add(new Change(table, lsn, new Truncated()));
        });
    }
}
