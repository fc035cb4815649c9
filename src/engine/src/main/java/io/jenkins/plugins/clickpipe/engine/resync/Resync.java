package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.PipeDifference;
import io.jenkins.plugins.clickpipe.engine.definition.PipeFile;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.ReplicationMode;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.SoftDeletedRows;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.Verify;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.load.TableLoad;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.resync.Setup.Start;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal.StoppedException;
import io.jenkins.plugins.clickpipe.engine.source.ExportedSnapshot;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.swap.Swap;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import io.jenkins.plugins.clickpipe.engine.verification.ChecksumVerification;
import io.jenkins.plugins.clickpipe.engine.verification.CountVerification;
import io.jenkins.plugins.clickpipe.engine.verification.RowLossGuard;
import io.jenkins.plugins.clickpipe.engine.verification.SnapshotReaders;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A resync from beginning to end, and the making of a pipe, which is a resync without originals: validate, Setup,
 * Snapshot, transfer of soft-deleted rows, verification, swap, Running.
 *
 * <p>Until the swap, whatever happens, readers see the originals as before.
 */
public final class Resync {
    private static final Logger LOG = LoggerFactory.getLogger(Resync.class);

    private final Workspace workspace;
    private final StopSignal stop;
    private final boolean terminal;
    private RunReport report;
    private boolean swapped;

    /** @param terminal a person watches standard error */
    public Resync(Workspace workspace, StopSignal stop, boolean terminal) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
        this.terminal = terminal;
        stop.onStop(this::cancelWork);
    }

    private void cancelWork() {
        workspace.source().cancelAll();
        try {
            workspace.target().killAll();
        } catch (EngineException e) {
            LOG.warn("queries on ClickHouse could not be stopped: {}", e.getMessage());
        }
    }

    /** What was loaded so far, for the artifacts; empty before Setup. */
    public Optional<LoadStatistics> statistics() {
        return Optional.ofNullable(report).map(RunReport::statistics);
    }

    /**
     * Runs it.
     *
     * @param mustBeNew refuse a pipe that exists already, as {@code create} does
     * @throws VerificationRefusedException when the loaded tables differ from the source
     * @throws StoppedException when stopped on request, after cleaning up
     * @throws EngineException on any other fault, after cleaning up; its message says what readers see
     */
    public LoadStatistics run(boolean mustBeNew) {
        try (PipeLock lock = PipeLock.acquire(workspace.source(), workspace.pipe())) {
            new Housekeeping(workspace, stop, lock.session()).run();
            Prepared prepared = new Preflight(workspace, Optional.empty()).run().orRefuse();
            stop.check();
            if (mustBeNew) {
                refuseExisting(prepared);
            }
            Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
            report = new RunReport(workspace, journal);
            return run(lock, prepared, journal);
        }
    }

    private void refuseExisting(Prepared prepared) {
        if (prepared.state().exists()) {
            throw new EngineException("Pipe " + workspace.pipe() + " exists already ("
                    + prepared.state().status().orElseThrow().label() + "); use resync to load it again.");
        }
        List<String> present = prepared.tables().stream()
                .map(TableMapping::target)
                .filter(prepared.targets()::containsKey)
                .toList();
        if (!present.isEmpty()) {
            throw new EngineException("The destination has " + String.join(", ", present)
                    + " already; use resync, which replaces them atomically.");
        }
    }

    private LoadStatistics run(PipeLock lock, Prepared prepared, Journal journal) {
        Setup setup = new Setup(workspace, journal, lock.session());
        ExportedSnapshot snapshot = null;
        try {
            announceDifferences(prepared.state());
            report.status(
                    PipeStatus.SETUP,
                    prepared.state().exists()
                            ? "dropping the old pipe, preparing slot and tables"
                            : "preparing slot and tables of a new pipe");
            journal.append(EntryKind.SETTINGS, PipeFile.write(workspace.definition()));
            journal.append(EntryKind.STATISTICS_CLEARED, Journal.object());
            setup.dropSlots();
            stop.check();
            Start start = setup.start(prepared);
            snapshot = start.snapshot();
            Map<String, UUID> resyncTables = createTables(prepared, journal);

            SnapshotLoad load = new SnapshotLoad(workspace, journal, report, stop, terminal);
            List<TableLoad> loads = load.run(prepared, start, lock.session());
            transferSoftDeletedRows(prepared, start, loads);
            verify(prepared, loads, start);
            lock.verifyHeld();
            swap(prepared, resyncTables, journal);
            succeed(loads);
            return report.statistics();
        } catch (RuntimeException | InterruptedException e) {
            throw failure(e, setup, journal);
        } finally {
            if (snapshot != null) {
                snapshot.close();
            }
        }
    }

    private void announceDifferences(PipeState state) {
        Optional<JsonNode> before = state.settings();
        if (before.isEmpty()) {
            return;
        }
        List<PipeDifference.Change> changes =
                PipeDifference.between(before.get(), PipeFile.write(workspace.definition()));
        if (changes.isEmpty()) {
            report.info("All settings of the pipe are retained.");
        }
        changes.forEach(change -> report.info("Setting changed: " + change));
    }

    private Map<String, UUID> createTables(Prepared prepared, Journal journal) {
        ResyncTables tables = new ResyncTables(workspace.target(), workspace.pipe());
        CarryOver carryOver = new CarryOver(workspace.target(), report::warn);
        Map<String, UUID> uuids = new LinkedHashMap<>();
        for (TableMapping mapping : prepared.tables()) {
            stop.check();
            uuids.put(mapping.target(), tables.create(mapping, journal));
            journal.append(EntryKind.STRUCTURE, mapping.target(), TableStructure.toJson(mapping));
            Optional.ofNullable(prepared.targets().get(mapping.target()))
                    .ifPresent(original -> carryOver.carry(original, mapping));
        }
        return uuids;
    }

    private void transferSoftDeletedRows(Prepared prepared, Start start, List<TableLoad> loads) {
        if (workspace.definition().settings().softDeletedRows() == SoftDeletedRows.DISCARD) {
            return;
        }
        SoftDeletedRowTransfer transfer = new SoftDeletedRowTransfer(workspace.target());
        boolean announced = false;
        for (TableLoad load : loads) {
            TargetTable original = prepared.targets().get(load.mapping().target());
            if (original == null || !original.engine().endsWith("MergeTree")) {
                continue;
            }
            if (!announced) {
                report.phase("Soft-deleted rows", "transferring tombstones from the original tables");
                announced = true;
            }
            stop.check();
            String token = workspace.run() + "/" + load.mapping().target() + "/soft-deleted";
            load.progress()
                    .softDeletedRowsTransferred(transfer.transfer(load.mapping(), original, start.baseline(), token));
        }
    }

    private void verify(Prepared prepared, List<TableLoad> loads, Start start) throws InterruptedException {
        Settings settings = workspace.definition().settings();
        ClickHouse target = workspace.target();
        if (settings.verify() == Verify.OFF) {
            report.warn("Verification is off: no table is compared with the source.");
        } else {
            boolean checksums = settings.verify() == Verify.CHECKSUMS;
            report.phase(
                    "Verification",
                    "comparing row counts" + (checksums ? " and checksums" : "") + " with the source's snapshot");
            try (SnapshotReaders readers =
                    new SnapshotReaders(start.snapshot(), workspace::hearSource, settings.initialLoadParallelism())) {
                new CountVerification(target).verify(loads, readers);
                if (checksums) {
                    new ChecksumVerification(target, readers).verify(loads);
                }
            }
        }
        new RowLossGuard(target, settings.maxRowLossPercent())
                .check(loads, prepared.state().loadedRows(), prepared.targets());
        List<String> differences = loads.stream()
                .map(load -> load.progress().statistics())
                .filter(table -> table.verification() == Verification.FAILED)
                .map(table -> table.target() + ": " + table.verificationDetail())
                .toList();
        if (!differences.isEmpty()) {
            throw new VerificationRefusedException(differences);
        }
    }

    private void swap(Prepared prepared, Map<String, UUID> resyncTables, Journal journal) {
        SwapPlan plan = new Generation(workspace, journal.run()).swapPlan(prepared.tables(), resyncTables);
        stop.shield(() -> {
            report.status(PipeStatus.RESYNC, "swapping " + plan.steps().size() + " tables with their originals");
            swapped = true;
            new Swap(workspace.target(), journal).run(plan);
        });
        plan.keep()
                .ifPresent(keep -> report.info(
                        "The previous tables are kept until " + keep.until() + "; rollback puts them back."));
    }

    private void succeed(List<TableLoad> loads) {
        long rows = loads.stream().mapToLong(l -> l.progress().rows()).sum();
        String loaded =
                HumanUnits.count(rows) + " rows in " + loads.size() + (loads.size() == 1 ? " table" : " tables");
        if (workspace.definition().settings().replicationMode() == ReplicationMode.SNAPSHOT) {
            report.succeeded(PipeStatus.COMPLETED, loaded + " are in place; the pipe replicates no changes");
        } else {
            report.succeeded(PipeStatus.RUNNING, loaded + " are in place; changes go on from the new slot with sync");
        }
    }

    /** Cleans up and turns a fault into what is thrown. */
    private RuntimeException failure(Exception fault, Setup setup, Journal journal) {
        boolean stopped = stop.isRequested();
        Thread.interrupted(); // cleaning up must not be interrupted by the stop that caused it
        String readers = swapped
                ? " The swap had begun: run resync again, which completes it first."
                : " Readers see the original tables as before"
                        + (workspace.definition().settings().replicationMode() == ReplicationMode.SNAPSHOT
                                ? "."
                                : "; changes are not replicated until a resync succeeds.");
        boolean says = fault instanceof VerificationRefusedException || fault instanceof Swap.SwapTakenBackException;
        String cause =
                stopped ? "Stopped on request." : Objects.requireNonNullElse(fault.getMessage(), fault.toString());
        String reason = says && !stopped ? cause : cause + readers;
        try {
            if (!swapped || fault instanceof Swap.SwapTakenBackException) {
                setup.dropSlots();
                if (!(fault instanceof VerificationRefusedException)) {
                    new ResyncTables(workspace.target(), workspace.pipe()).dropAll(journal.state());
                }
            }
            report.failed(reason);
        } catch (RuntimeException e) {
            LOG.warn("cleaning up did not succeed, the next resync will do it: {}", e.getMessage());
        }
        if (stopped) {
            return new StoppedException();
        }
        if (says) {
            return (RuntimeException) fault;
        }
        return new EngineException(reason + (swapped ? "" : " Remove the cause and run resync again."), fault);
    }
}
