package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.changes.Change.Deleted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Inserted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Truncated;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Updated;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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
    /** The next step of each table in the batch that is being applied. */
    private final Map<String, Integer> steps = new HashMap<>();

    ChangeApplier(String run, Destination destination, SourceRows source, BatchLog log) {
        this.run = requireNonNull(run);
        this.destination = requireNonNull(destination);
        this.source = requireNonNull(source);
        this.log = requireNonNull(log);
    }

    /** Returns when the destination has accepted all of it and the log says so. */
    ChangeCounts apply(ChangeBatch batch) {
        if (batch.part() == 0) {
            steps.clear();
            if (!batch.replayed()) {
                log.planned(batch.plan());
            }
        }
        RowCompletion completion = new RowCompletion(destination, source);
        Map<String, TableChanges> tables = new LinkedHashMap<>();
        long inserts = 0;
        long updates = 0;
        long deletes = 0;
        long truncates = 0;
        for (Change change : batch.changes()) {
            ReplicatedTable table = change.table();
            TableChanges rows = tables.computeIfAbsent(table.destination(), name -> new TableChanges(table));
            if (change.operation() instanceof Inserted inserted) {
                rows.inserted(inserted, change.version());
                inserts++;
            } else if (change.operation() instanceof Updated updated) {
                rows.updated(updated, change.version());
                updates++;
            } else if (change.operation() instanceof Deleted deleted) {
                rows.deleted(deleted, change.version());
                deletes++;
            } else if (change.operation() instanceof Truncated) {
                send(batch, tables.remove(table.destination()), completion);
                destination.tombstoneAll(table, change.version(), token(batch, table));
                truncates++;
            }
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

    private void send(ChangeBatch batch, TableChanges rows, RowCompletion completion) {
        if (!rows.isEmpty()) {
            String token = token(batch, rows.table());
            completion.complete(
                    rows,
                    (slice, name) ->
                            destination.insert(rows.table(), slice, name.isEmpty() ? token : token + "/" + name));
        }
    }

    private String token(ChangeBatch batch, ReplicatedTable table) {
        int step = steps.merge(table.destination(), 1, Integer::sum) - 1;
        return run + "/" + table.destination() + "/" + batch.plan().from().asString() + "-"
                + batch.plan().to().asString() + "/" + step;
    }
}
