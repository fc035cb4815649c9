package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.ClickHouseDestination;
import io.jenkins.plugins.clickpipe.engine.changes.JdbcSourceRows;
import io.jenkins.plugins.clickpipe.engine.changes.RelationMap;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicatedTable;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicationStream;
import io.jenkins.plugins.clickpipe.engine.changes.SourceWatch;
import io.jenkins.plugins.clickpipe.engine.changes.SpillSpace;
import io.jenkins.plugins.clickpipe.engine.changes.Sync;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.SlotProgress;
import io.jenkins.plugins.clickpipe.engine.journal.SlotProgress.AppliedCommit;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.Slot;
import io.jenkins.plugins.clickpipe.engine.source.SourceIdentity;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
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
     * @param mappings how values are written
     * @param tables how the stream is read, one for each mapping
     * @param tableStarts by destination table, the end of what it has already: transactions that committed before it are
     *     left out for this table
     * @param destinations by destination table, its UUID
     * @param names gives the name under which a destination table stands now
     * @param watch of the source, in a session that no other thread uses
     */
    record Feed(
            String slot,
            String publication,
            LogSequenceNumber start,
            List<TableMapping> mappings,
            List<ReplicatedTable> tables,
            Map<String, LogSequenceNumber> tableStarts,
            Map<String, UUID> destinations,
            UnaryOperator<String> names,
            SourceWatch watch) {
        Feed {
            mappings = List.copyOf(mappings);
            tables = List.copyOf(tables);
        }

        /**
         * The live slot's changes into the tables that readers have.
         *
         * @param ignored by destination table, columns that the stream may have and the destination does not get
         */
        static Feed live(
                Slot slot, PipeState state, LoadedTables tables, Map<String, Set<String>> ignored, SourceWatch watch) {
            LogSequenceNumber confirmed = slot.confirmed().orElseThrow();
            // The slot may not have heard the last confirmation before a crash; the journal has. Behind the last commit
            // that was applied nothing of the pipe's was there, and a server that went back may have written since.
            SlotProgress progress = state.progressOf(slot.name());
            LogSequenceNumber start = progress.last()
                    .map(AppliedCommit::end)
                    .or(() -> progress.bound().isPresent() ? progress.created() : Optional.empty())
                    .or(progress::confirmed)
                    .filter(lsn -> lsn.compareTo(confirmed) > 0)
                    .orElse(confirmed);
            return new Feed(
                    slot.name(),
                    state.publication().orElseThrow(),
                    start,
                    tables.mappings(),
                    tables.followed().stream()
                            .map(table -> table.replicated(
                                    ignored.getOrDefault(table.mapping().target(), Set.of())))
                            .toList(),
                    state.tableStarts(),
                    state.generations().loaded(),
                    UnaryOperator.identity(),
                    watch);
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
            refuseOtherServer(journal.state());
            ReplicationStream stream = ReplicationStream.open(
                    replication, feed.slot(), feed.publication(), feed.start(), settings.streamLargeTransactions());
            this.sync = new Sync(
                    feed.slot(),
                    stream,
                    new RelationMap(
                            feed.tables(),
                            feed.tableStarts(),
                            Optional.of(feed.watch()),
                            journal.state().ignoredOperations()),
                    new ClickHouseDestination(
                            workspace.target(),
                            workspace.clock(),
                            feed.mappings(),
                            feed.names(),
                            settings.strictTypes(),
                            SlotSync::altered),
                    new JdbcSourceRows(lookups),
                    new WatchedBatches(
                            new JournalledBatches(journal, feed.slot()),
                            new TargetCatalog(workspace.target()),
                            feed.tables(),
                            feed.destinations(),
                            feed.names()),
                    settings.pullBatchSize(),
                    Duration.ofSeconds(settings.syncIntervalSeconds()),
                    SpillSpace.temporary(),
                    stopped,
                    progress);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** A name or a balancer may lead each session elsewhere, so those that read are asked themselves. */
    private void refuseOtherServer(PipeState state) {
        SourceIdentity known = state.identity().orElseThrow().source();
        for (Connection session : List.of(replication, lookups)) {
            SourceIdentity now = SourceIdentity.of(workspace.source(), session);
            if (!now.isSameDatabase(known) || now.timeline() != known.timeline()) {
                throw new EngineException("A new session of the source leads to " + now + " on timeline "
                        + now.timeline() + ", and the pipe reads " + known + " on timeline " + known.timeline()
                        + ". Run the command again, which looks at the source anew.");
            }
        }
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
