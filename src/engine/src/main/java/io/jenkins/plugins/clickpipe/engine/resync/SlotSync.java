package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.changes.ClickHouseDestination;
import io.jenkins.plugins.clickpipe.engine.changes.JdbcSourceRows;
import io.jenkins.plugins.clickpipe.engine.changes.RelationMap;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicatedTable;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicationStream;
import io.jenkins.plugins.clickpipe.engine.changes.Sync;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.MappedColumn;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.Slot;
import io.jenkins.plugins.clickpipe.engine.source.SourceColumn;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sync of one slot, with the sessions it needs. */
final class SlotSync implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SlotSync.class);

    private final Workspace workspace;
    private final Connection replication;
    private final Connection lookups;
    private final Sync sync;

    /**
     * Which changes go where.
     *
     * @param start transactions that end before it are left out
     * @param tableStarts by destination table, the end of what it has already: transactions that committed before it are
     *     left out for this table
     * @param names gives the name under which a destination table stands now
     */
    record Feed(
            String slot,
            String publication,
            LogSequenceNumber start,
            List<TableMapping> mappings,
            Map<String, LogSequenceNumber> tableStarts,
            UnaryOperator<String> names) {
        Feed {
            mappings = List.copyOf(mappings);
        }

        /** The live slot's changes into the tables that readers have. */
        static Feed live(Slot slot, PipeState state, LoadedTables tables) {
            LogSequenceNumber confirmed = slot.confirmed().orElseThrow();
            // The slot may not have heard the last confirmation before a crash; the journal has.
            LogSequenceNumber start = state.progressOf(slot.name())
                    .confirmed()
                    .filter(lsn -> lsn.compareTo(confirmed) > 0)
                    .orElse(confirmed);
            return new Feed(
                    slot.name(),
                    state.publication().orElseThrow(),
                    start,
                    tables.mappings(),
                    state.tableStarts(),
                    UnaryOperator.identity());
        }
    }

    /** @param progress hears the totals so far after each batch */
    SlotSync(Workspace workspace, Journal journal, Feed feed, BooleanSupplier stopped, Consumer<SyncResult> progress) {
        this.workspace = workspace;
        Settings settings = workspace.definition().settings();
        this.replication = workspace.source().connectForReplication();
        try {
            this.lookups = workspace.source().connect();
        } catch (RuntimeException e) {
            workspace.source().release(replication);
            throw e;
        }
        try {
            ReplicationStream stream =
                    ReplicationStream.open(replication, feed.slot(), feed.publication(), feed.start());
            this.sync = new Sync(
                    feed.slot(),
                    stream,
                    new RelationMap(
                            feed.mappings().stream().map(SlotSync::replicated).toList(), feed.tableStarts()),
                    new ClickHouseDestination(
                            workspace.target(),
                            workspace.clock(),
                            feed.mappings(),
                            feed.names(),
                            settings.strictTypes(),
                            SlotSync::altered),
                    new JdbcSourceRows(lookups),
                    new JournalledBatches(journal, feed.slot()),
                    settings.pullBatchSize(),
                    Duration.ofSeconds(settings.syncIntervalSeconds()),
                    stopped,
                    progress);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static ReplicatedTable replicated(TableMapping mapping) {
        Map<String, Long> typeOids = mapping.columns().stream()
                .map(MappedColumn::source)
                .collect(Collectors.toMap(SourceColumn::name, SourceColumn::typeOid));
        return ReplicatedTable.of(
                mapping.source(),
                mapping.target(),
                mapping.columnNames(),
                typeOids,
                mapping.sortingKey(),
                mapping.engine() == TableEngine.REPLACING_MERGE_TREE);
    }

    private static void altered(String column, long count) {
        LOG.warn("{} values of {} could not be held as they were", count, column);
    }

    Sync sync() {
        return sync;
    }

    @Override
    public void close() {
        workspace.source().release(replication);
        workspace.source().release(lookups);
    }
}
