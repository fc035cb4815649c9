package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.BatchLog;
import io.jenkins.plugins.clickpipe.engine.changes.ClickHouseDestination;
import io.jenkins.plugins.clickpipe.engine.changes.JdbcSourceRows;
import io.jenkins.plugins.clickpipe.engine.changes.RelationMap;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicatedTable;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicationStream;
import io.jenkins.plugins.clickpipe.engine.changes.Sync;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.changes.WalEnd;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.mapping.MappedColumn;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.Slot;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceColumn;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** CDC of a Running pipe: its slot's changes into its destination tables. */
public final class PipeSync {
    private static final Logger LOG = LoggerFactory.getLogger(PipeSync.class);

    private final Workspace workspace;
    private final StopSignal stop;

    public PipeSync(Workspace workspace, StopSignal stop) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
    }

    /** How long to sync. */
    public sealed interface Extent {
        /** Until caught up with the WAL position at the start. */
        record Once() implements Extent {}

        record For(Duration time) implements Extent {}

        record UntilStopped() implements Extent {}
    }

    /** @throws EngineException when the pipe is not Running, with what to do about it */
    public SyncResult run(Extent extent) {
        try (PipeLock lock = PipeLock.acquire(workspace.source(), workspace.pipe())) {
            new Housekeeping(workspace, stop, lock.session()).run();
            PipeState state = PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
            refuseUnlessRunning(state);
            Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
            Slot slot = usableSlot(lock.session(), state, journal);
            return run(extent, lock.session(), slot, state, journal);
        }
    }

    private void refuseUnlessRunning(PipeState state) {
        String pipe = "Pipe " + workspace.pipe();
        if (!state.exists()) {
            throw new EngineException(pipe + " does not exist yet; create it first.");
        }
        PipeStatus status = state.status().orElseThrow();
        switch (status) {
            case RUNNING -> {}
            case PAUSED, PAUSING ->
                throw new EngineException(pipe + " is paused"
                        + state.reason().map(reason -> ". " + reason).orElse("; run resume first."));
            case COMPLETED ->
                throw new EngineException(
                        pipe + " is Completed: with replicationMode: snapshot it replicates no changes.");
            default ->
                throw new EngineException(pipe + " is " + status.label() + ", not Running"
                        + state.reason().map(reason -> " (" + reason + ")").orElse("") + "; run resync.");
        }
    }

    private Slot usableSlot(Connection session, PipeState state, Journal journal) {
        String name = state.liveSlot()
                .orElseThrow(() -> new EngineException("Pipe " + workspace.pipe() + " has no slot; run resync."));
        Optional<Slot> slot = new ReplicationSlots(workspace.source()).find(session, name);
        String fault = slot.isEmpty()
                ? "replication slot " + name + " is missing, and with it the changes since it was dropped; run resync"
                : slot.get()
                        .invalidReason()
                        .map(reason ->
                                "PostgreSQL has invalidated replication slot " + name + " (" + reason + "); run resync")
                        .orElse("");
        if (!fault.isEmpty()) {
            journal.append(
                    EntryKind.STATUS,
                    Journal.object().put("status", PipeStatus.FAILED.name()).put("reason", fault));
            throw new EngineException("Pipe " + workspace.pipe() + " is Failed: " + fault + ".");
        }
        return slot.get();
    }

    private SyncResult run(Extent extent, Connection session, Slot slot, PipeState state, Journal journal) {
        Settings settings = workspace.definition().settings();
        List<TableMapping> mappings = mappings(session, state);
        List<ReplicatedTable> tables =
                mappings.stream().map(PipeSync::replicated).toList();
        workspace.events().phase("Running", "applying changes from " + slot.name());
        Connection replication = workspace.source().connectForReplication();
        Connection lookups = workspace.source().connect();
        try {
            ReplicationStream stream = ReplicationStream.open(
                    replication, slot.name(), state.publication().orElseThrow(), start(slot, state));
            Sync sync = new Sync(
                    slot.name(),
                    stream,
                    new RelationMap(tables),
                    new ClickHouseDestination(
                            workspace.target(), workspace.clock(), mappings, settings.strictTypes(), this::altered),
                    new JdbcSourceRows(lookups),
                    new JournalledBatches(journal),
                    settings.pullBatchSize(),
                    Duration.ofSeconds(settings.syncIntervalSeconds()),
                    stop::isRequested,
                    result -> progress(session, result));
            SyncResult result = run(sync, extent, session);
            tell(session, result);
            return result;
        } finally {
            workspace.source().release(replication);
            workspace.source().release(lookups);
        }
    }

    private static SyncResult run(Sync sync, Extent extent, Connection session) {
        if (extent instanceof Extent.Once) {
            return sync.runOnce(WalEnd.now(session));
        }
        return extent instanceof Extent.For limited ? sync.runFor(limited.time()) : sync.runUntilStopped();
    }

    /** The slot may not have heard the last confirmation before a crash; the journal has. */
    private static LogSequenceNumber start(Slot slot, PipeState state) {
        LogSequenceNumber confirmed = slot.confirmed().orElseThrow();
        return state.confirmed().filter(lsn -> lsn.compareTo(confirmed) > 0).orElse(confirmed);
    }

    private List<TableMapping> mappings(Connection session, PipeState state) {
        TargetCatalog catalog = new TargetCatalog(workspace.target());
        PipeTables tables = PipeTables.read(
                workspace.definition(), new SourceCatalog(session), Optional.empty(), catalog.hasTime64());
        if (!tables.faults().isEmpty()) {
            throw new EngineException(tables.faults().stream()
                    .map(Object::toString)
                    .collect(Collectors.joining("\n  ", "The pipe cannot be synced:\n  ", "")));
        }
        Set<String> targets = catalog.uuids(
                        tables.mappings().stream().map(TableMapping::target).collect(Collectors.toSet()))
                .keySet();
        return tables.mappings().stream()
                .map(mapping -> asLoaded(mapping, targets, state))
                .toList();
    }

    private static TableMapping asLoaded(TableMapping mapping, Set<String> targets, PipeState state) {
        JsonNode structure = state.structures().get(mapping.target());
        if (structure == null || !targets.contains(mapping.target())) {
            throw new EngineException("Destination table " + mapping.target()
                    + " is missing: it was dropped, or the source table is new to the pipe. Run resync.");
        }
        return TableStructure.asLoaded(mapping, structure);
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

    private void altered(String column, long count) {
        LOG.warn("{} values of {} could not be held as they were", count, column);
    }

    private void progress(Connection session, SyncResult result) {
        String message = result.counts() + ", confirmed " + result.confirmed().asString();
        LOG.info("[Running] {}", message);
        workspace.events().log("INFO", message);
        tell(session, result);
    }

    private void tell(Connection session, SyncResult result) {
        long confirmed = result.confirmed().asLong();
        Optional<Long> lag = confirmed == 0
                ? Optional.empty()
                : Optional.of(Math.max(0, WalEnd.now(session).asLong() - confirmed));
        workspace.events().sync(result.counts(), result.confirmed().asString(), lag, result.seconds());
    }

    /** Batches are planned and confirmed in the pipe's journal. */
    private static final class JournalledBatches implements BatchLog {
        private final Journal journal;

        JournalledBatches(Journal journal) {
            this.journal = journal;
        }

        @Override
        public Optional<Plan> pending() {
            return journal.state().plannedBatch().map(b -> new Plan(b.from(), b.to(), b.partSize()));
        }

        @Override
        public void planned(Plan plan) {
            journal.append(
                    EntryKind.BATCH_PLANNED,
                    Journal.object()
                            .put("from", plan.from().asString())
                            .put("to", plan.to().asString())
                            .put("partSize", plan.partSize()));
        }

        @Override
        public void applied(LogSequenceNumber end) {
            journal.append(EntryKind.CONFIRMED, "lsn", end.asString());
        }
    }
}
