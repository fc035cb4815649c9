package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.changes.Change.Deleted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Inserted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Truncated;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Updated;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies batches to the destination. The steps and tokens of a batch follow from its changes alone, so a batch that
 * is applied a second time repeats them: {@code <run>/<table>/<first commit>-<last commit>/<step>}, and for rows that do
 * not go at once {@code /<from>-<to>}. These may be cut otherwise then where the destination keeps last states: there a
 * row that comes twice is one.
 */
final class ChangeApplier {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeApplier.class);

    private final String run;
    private final Destination destination;
    private final SourceRows source;
    private final BatchLog log;
    /** The next token of each table in the batch that is being applied. */
    private final Map<String, Integer> tokens = new HashMap<>();

    private final TransactionSteps steps = new TransactionSteps();
    /** Changes of the transaction that is being applied in parts, which wait for the next part. */
    private final Map<String, TableChanges> keptBack = new LinkedHashMap<>();

    ChangeApplier(String run, Destination destination, SourceRows source, BatchLog log) {
        this.run = requireNonNull(run);
        this.destination = requireNonNull(destination);
        this.source = requireNonNull(source);
        this.log = requireNonNull(log);
    }

    /** Returns when the destination has accepted all of it and the log says so. */
    ChangeCounts apply(ChangeBatch batch) {
        begin(batch);
        RowCompletion completion = new RowCompletion(destination, source);
        Map<String, TableChanges> tables = new LinkedHashMap<>(keptBack);
        keptBack.clear();
        long inserts = 0;
        long updates = 0;
        long deletes = 0;
        long truncates = 0;
        for (Change change : batch.changes()) {
            ReplicatedTable table = change.table();
            steps.enter(change.commitLsn());
            TableChanges rows = tables.computeIfAbsent(table.destination(), name -> TableChanges.of(table, steps));
            if (change.operation() instanceof Inserted inserted) {
                rows.inserted(inserted);
                inserts++;
            } else if (change.operation() instanceof Updated updated) {
                rows.updated(updated);
                updates++;
            } else if (change.operation() instanceof Deleted deleted) {
                rows.deleted(deleted);
                deletes++;
            } else if (change.operation() instanceof Truncated) {
                send(batch, tables.remove(table.destination()), completion);
                steps.next();
                String token = token(batch, table);
                long version = steps.version();
                TableRefusedException.concerning(table, () -> {
                    destination.tombstoneAll(table, version, token);
                    return table;
                });
                steps.next();
                truncates++;
            }
        }
        if (batch.end().isEmpty()) {
            tables.values().forEach(rows -> keepBack(rows, completion));
        }
        tables.values().forEach(rows -> send(batch, rows, completion));
        batch.end().ifPresent(log::applied);
        if (completion.unknownValues() > 0) {
            LOG.warn(
                    "{} unchanged large values were not found any more and became NULL; their rows have been changed"
                            + " again or deleted on the source since",
                    completion.unknownValues());
        }
        return new ChangeCounts(inserts, updates, deletes, truncates, batch.transactions(), completion.unknownValues());
    }

    private void begin(ChangeBatch batch) {
        if (batch.part() > 0) {
            steps.next();
            return;
        }
        tokens.clear();
        steps.begin();
        keptBack.clear();
        if (!batch.replayed()) {
            log.planned(batch.plan());
        }
    }

    /** The destination cannot hold two rows of one key, as the source may until its transaction ends. */
    private void keepBack(TableChanges rows, RowCompletion completion) {
        if (rows instanceof LastStates states) {
            Set<RowKey> shared = states.shared();
            shared.addAll(TableRefusedException.concerning(
                    rows.table(), () -> completion.alive(rows.table(), states.lookupsOfShared())));
            if (!shared.isEmpty()) {
                keptBack.put(rows.table().destination(), states.keepBack(shared));
            }
        }
    }

    private void send(ChangeBatch batch, TableChanges rows, RowCompletion completion) {
        List<PendingRow> pending = rows.rows();
        if (!pending.isEmpty()) {
            String token = token(batch, rows.table());
            TableRefusedException.concerning(rows.table(), () -> {
                completion.complete(
                        rows,
                        pending,
                        (slice, name) ->
                                destination.insert(rows.table(), slice, name.isEmpty() ? token : token + "/" + name));
                return rows;
            });
        }
    }

    private String token(ChangeBatch batch, ReplicatedTable table) {
        int step = tokens.merge(table.destination(), 1, Integer::sum) - 1;
        return run + "/" + table.destination() + "/" + batch.plan().from().asString() + "-"
                + batch.plan().to().asString() + "/" + step;
    }
}
