package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.PipeDifference;
import io.jenkins.plugins.clickpipe.engine.definition.PipeFile;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.ReplicationMode;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.SoftDeletedRows;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.Verify;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.definition.TablePattern;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.load.TableLoad;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.resync.LoadRounds.Loaded;
import io.jenkins.plugins.clickpipe.engine.resync.Setup.Start;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal.StoppedException;
import io.jenkins.plugins.clickpipe.engine.resync.SwapApproval.NotApprovedException;
import io.jenkins.plugins.clickpipe.engine.source.ExportedSnapshot;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.Slot;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.source.TableState;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.swap.Mixture;
import io.jenkins.plugins.clickpipe.engine.swap.Swap;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import io.jenkins.plugins.clickpipe.engine.verification.ChecksumVerification;
import io.jenkins.plugins.clickpipe.engine.verification.CountVerification;
import io.jenkins.plugins.clickpipe.engine.verification.RowLossGuard;
import io.jenkins.plugins.clickpipe.engine.verification.SnapshotReaders;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A resync from beginning to end, and the making of a pipe, which is a resync without originals: Setup, Snapshot,
 * transfer of soft-deleted rows, verification, catching up, swap, Running.
 */
final class ResyncRun {
    /** Catching up may take as long as everything before it, and so long in any case. */
    private static final Duration CATCH_UP_AT_LEAST = Duration.ofMinutes(10);
    /** A connection that breaks is no reason to lose a load that is complete. */
    private static final int ATTEMPTS = 6;

    private final Workspace workspace;
    private final StopSignal stop;
    private final boolean terminal;
    private final PipeLock lock;
    private final Journal journal;
    private final RunReport report;
    private final Scope scope;
    private final Prepared prepared;
    private final long began = System.nanoTime();
    private boolean swapped;

    /**
     * What a run is about.
     *
     * @param standing what the pipe goes on as meanwhile; empty when it is dropped first
     * @param only restricts it to some of the pipe's tables; its own slot stays then
     */
    record Scope(Prepared prepared, Optional<Standing> standing, Optional<TablePattern> only) {
        boolean part() {
            return only.isPresent();
        }
    }

    ResyncRun(
            Workspace workspace,
            StopSignal stop,
            boolean terminal,
            PipeLock lock,
            Journal journal,
            RunReport report,
            Scope scope) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
        this.terminal = terminal;
        this.lock = Objects.requireNonNull(lock);
        this.journal = Objects.requireNonNull(journal);
        this.report = Objects.requireNonNull(report);
        this.scope = Objects.requireNonNull(scope);
        this.prepared = scope.prepared();
    }

    /** Does it and cleans up after a fault, as {@link Resync#resync} promises. */
    LoadStatistics run() {
        ExportedSnapshot snapshot = null;
        LiveOriginals live = null;
        try {
            announceDifferences(prepared.state());
            report.status(PipeStatus.SETUP, setupMessage());
            new Ownership(workspace, lock.session()).learn(journal);
            new SourceHistory(workspace, lock.session()).learn(journal);
            journal.append(EntryKind.SETTINGS, PipeFile.write(workspace.definition()));
            journal.append(EntryKind.STATISTICS_CLEARED, Journal.object());
            setup().dropSlotsExcept(standingSlot().map(Slot::name));
            stop.check();
            live = startLive();
            Start start = setup().start(prepared, scope.part());
            snapshot = start.snapshot();

            SnapshotLoad load = new SnapshotLoad(workspace, journal, report, stop, terminal, live != null);
            Loaded loaded =
                    new LoadRounds(workspace, report, stop, scope.only(), new Rounds(load)).run(prepared, start);
            Optional<LogSequenceNumber> startsAt = catchUp(loaded, live);
            lock.verifyHeld();
            SwapGuard guard = new SwapGuard(workspace.target(), prepared.targets(), report::warn);
            guard.complete(loaded.mappings());
            swap(loaded, guard, startsAt);
            succeed(loaded.loads(), start.slot());
            return report.statistics();
        } catch (RuntimeException | InterruptedException e) {
            throw failure(e, live);
        } catch (Error e) {
            throw failure(EngineException.of(e), live);
        } finally {
            if (snapshot != null) {
                snapshot.close();
            }
        }
    }

    /** The lock's session may be another one than before. */
    private Setup setup() {
        return new Setup(workspace, journal, lock.session());
    }

    private Optional<Slot> standingSlot() {
        return scope.standing().flatMap(Standing::slot);
    }

    private String setupMessage() {
        if (!prepared.state().exists()) {
            return "preparing slot and tables of a new pipe";
        }
        return scope.standing().isPresent()
                ? "preparing slot and tables beside the pipe, which goes on"
                : "dropping the old pipe, preparing slot and tables";
    }

    /** Null where nothing is to go on: the pipe is paused, or its slot is given up. */
    private LiveOriginals startLive() {
        boolean running = scope.standing()
                .filter(standing -> standing.status() == PipeStatus.RUNNING)
                .isPresent();
        return running && standingSlot().isPresent()
                ? LiveOriginals.start(
                        workspace, journal, stop, lock.session(), standingSlot().get())
                : null;
    }

    /** Returns up to where the new tables hold all changes, when the pipe's own slot goes on with them. */
    private Optional<LogSequenceNumber> catchUp(Loaded loaded, LiveOriginals live) throws InterruptedException {
        Start start = loaded.start();
        Optional<CatchUp> catchUp =
                start.slot().map(slot -> new CatchUp(workspace, journal, report, stop, lock, loaded));
        Settings settings = workspace.definition().settings();
        Optional<CatchUp> before = catchUp.filter(any -> settings.catchUpBeforeSwap());
        Duration sofar = Duration.ofNanos(System.nanoTime() - began);
        Duration limit = sofar.compareTo(CATCH_UP_AT_LEAST) > 0 ? sofar : CATCH_UP_AT_LEAST;
        before.ifPresent(changes -> changes.untilClose(limit));
        if (settings.approveSwap()) {
            SlotWatch watch = slotWatch(start);
            new SwapApproval(workspace, journal, report)
                    .await(over -> before.ifPresentOrElse(
                            changes -> changes.follow(over),
                            () -> hold(catchUp, () -> {
                                watch.look();
                                return over.getAsBoolean();
                            })));
            before.ifPresent(changes -> changes.untilClose(limit));
        }
        if (live != null) {
            live.end();
        }
        return catchUp.filter(part -> scope.part()).map(part -> part.until(appliedByThePipe()));
    }

    private SlotWatch slotWatch(Start start) {
        return new SlotWatch(
                start.slot(),
                new ReplicationSlots(workspace.source()),
                lock.session(),
                workspace.clock(),
                report::warn);
    }

    private void hold(Optional<CatchUp> catchUp, BooleanSupplier over) {
        catchUp.ifPresentOrElse(changes -> changes.hold(over), () -> stop.awaitUntil(over));
    }

    /** Up to where the pipe's own slot may have reached the tables that are about to be replaced. */
    private LogSequenceNumber appliedByThePipe() {
        Slot own = standingSlot().orElseThrow();
        LogSequenceNumber before = own.confirmed().orElseThrow();
        LogSequenceNumber journalled =
                journal.state().progressOf(own.name()).confirmed().orElse(before);
        LogSequenceNumber now = new ReplicationSlots(workspace.source())
                .find(lock.session(), own.name())
                .flatMap(Slot::confirmed)
                .orElse(before);
        return Collections.max(List.of(before, journalled, now));
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

    /** The steps of {@link LoadRounds}. */
    private final class Rounds implements LoadRounds.Work {
        private final SnapshotLoad load;

        Rounds(SnapshotLoad load) {
            this.load = load;
        }

        @Override
        public Map<String, UUID> makeTables(
                Prepared round, Map<String, UUID> replaced, Map<String, LogSequenceNumber> starts) {
            return createTables(round, replaced, starts);
        }

        @Override
        public List<TableLoad> load(Prepared round, Start start, int number) throws InterruptedException {
            List<TableLoad> loads = load.run(round, start, lock.session(), number);
            transferSoftDeletedRows(start, settled(loads));
            compare(settled(loads), start, load.workers());
            return loads;
        }

        private static List<TableLoad> settled(List<TableLoad> loads) {
            return loads.stream().filter(TableLoad::isSettled).toList();
        }

        @Override
        public Start startAgain(Prepared round, Start first, int number) {
            if (lock.renew()) {
                journal.verifyUntouched();
            }
            return setup().startAgain(round, first, number);
        }

        @Override
        public Map<TableName, TableState> states(Set<TableName> tables) {
            for (int attempt = 1; ; attempt++) {
                try {
                    return TableState.read(workspace.source(), tables);
                } catch (SourceException e) {
                    if (!e.isTransient() || attempt == ATTEMPTS) {
                        throw e;
                    }
                    stop.await(Duration.ofMillis(250L << attempt));
                    stop.check();
                }
            }
        }

        @Override
        public void judge(List<TableLoad> settled) {
            refuseDifferences(settled);
        }
    }

    private Map<String, UUID> createTables(
            Prepared round, Map<String, UUID> replaced, Map<String, LogSequenceNumber> starts) {
        ResyncTables tables = new ResyncTables(workspace.target(), workspace.pipe());
        CarryOver carryOver = new CarryOver(workspace.target(), report::warn);
        Map<String, UUID> uuids = new LinkedHashMap<>();
        for (TableMapping mapping : round.tables()) {
            stop.check();
            String target = mapping.target();
            Optional<TargetTable> original =
                    Optional.ofNullable(prepared.targets().get(target));
            uuids.put(
                    target,
                    replaced.containsKey(target)
                            ? tables.replace(mapping, original, replaced.get(target), journal)
                            : tables.create(mapping, original, journal));
            journal.append(
                    EntryKind.STRUCTURE,
                    target,
                    TableStructure.ofResyncTable(mapping, Optional.ofNullable(starts.get(target))));
            original.ifPresent(table -> carryOver.carry(table, mapping));
        }
        return uuids;
    }

    private void transferSoftDeletedRows(Start start, List<TableLoad> loads) {
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
                    .softDeletedRowsTransferred(transfer.transfer(load.mapping(), original, start.version(), token));
        }
    }

    private void compare(List<TableLoad> loads, Start start, int sessions) throws InterruptedException {
        Settings settings = workspace.definition().settings();
        ClickHouse target = workspace.target();
        if (loads.isEmpty()) {
            return;
        }
        if (settings.verify() == Verify.OFF) {
            report.warn("Verification is off: no table is compared with the source.");
        } else {
            boolean checksums = settings.verify() == Verify.CHECKSUMS;
            report.phase(
                    "Verification",
                    "comparing row counts" + (checksums ? " and checksums" : "") + " with the source's snapshot");
            try (SnapshotReaders readers = new SnapshotReaders(start.snapshot(), workspace::hearSource, sessions)) {
                new CountVerification(target).verify(loads, readers);
                if (checksums) {
                    new ChecksumVerification(target, readers).verify(loads);
                }
            }
        }
    }

    private void refuseDifferences(List<TableLoad> loads) {
        int maxRowLossPercent = workspace.definition().settings().maxRowLossPercent();
        new RowLossGuard(workspace.target(), maxRowLossPercent)
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

    private void swap(Loaded loaded, SwapGuard guard, Optional<LogSequenceNumber> startsAt) {
        SwapPlan plan = new Generation(workspace, journal.run())
                .swapPlan(loaded.mappings(), loaded.resyncTables(), prepared.targets(), startsAt);
        stop.shield(() -> {
            report.status(PipeStatus.RESYNC, "swapping " + plan.steps().size() + " tables with their originals");
            try {
                new Swap(workspace.target(), journal).run(plan);
                swapped = true;
            } catch (RuntimeException | Error e) {
                // It may have ended before its plan was journalled, or have taken all tables back.
                swapped = journal.state().pendingSwap().isPresent();
                throw e;
            }
        });
        guard.tellLostViews();
        plan.keep()
                .ifPresent(keep -> report.info(
                        "The previous tables are kept until " + keep.until() + "; rollback puts them back."));
    }

    private void succeed(List<TableLoad> loads, Optional<String> newSlot) {
        long rows = loads.stream().mapToLong(l -> l.progress().rows()).sum();
        String loaded =
                HumanUnits.count(rows) + " rows in " + loads.size() + (loads.size() == 1 ? " table" : " tables");
        if (workspace.definition().settings().replicationMode() == ReplicationMode.SNAPSHOT) {
            report.succeeded(PipeStatus.COMPLETED, loaded + " are in place; the pipe replicates no changes");
        } else if (scope.part()) {
            PipeStatus status = scope.standing().orElseThrow().status();
            report.succeeded(status, loaded + " are in place; the pipe goes on from its slot");
        } else {
            report.succeeded(PipeStatus.RUNNING, loaded + " are in place; changes go on from the new slot with sync");
        }
        try {
            setup().dropSlotsExcept(scope.part() ? standingSlot().map(Slot::name) : newSlot);
        } catch (EngineException e) {
            report.warn("A replication slot that is not needed any more stands until the next command drops it: "
                    + e.getMessage());
        }
    }

    /** Cleans up and turns a fault into what is thrown. */
    private RuntimeException failure(Exception fault, LiveOriginals live) {
        if (live != null) {
            live.close();
        }
        boolean stopped = stop.beginCleanup();
        boolean back = !swapped;
        boolean says = fault instanceof VerificationRefusedException
                || fault instanceof Swap.SwapTakenBackException
                || fault instanceof Swap.SwapUnfinishedException;
        String cause =
                stopped ? "Stopped on request." : Objects.requireNonNullElse(fault.getMessage(), fault.toString());
        String reason = says && !stopped ? cause : cause + " " + whatReadersSee();
        Cleanup cleanup = new Cleanup();
        if (back) {
            cleanup.step(() -> setup().dropSlotsExcept(standingSlot().map(Slot::name)));
            if (!(fault instanceof VerificationRefusedException)) {
                cleanup.step(() -> new ResyncTables(workspace.target(), workspace.pipe()).dropAll(journal.state()));
            }
        }
        cleanup.step(() -> {
            report.failed(reason);
            if (back && scope.standing().isPresent()) {
                journal.append(
                        EntryKind.STATUS,
                        "status",
                        scope.standing().get().status().name());
            }
        });
        if (stopped) {
            return new StoppedException(cleanup.isComplete());
        }
        if (says) {
            return (RuntimeException) fault;
        }
        return new EngineException(reason + (swapped ? "" : nextStep(fault)), fault);
    }

    private static String nextStep(Exception fault) {
        return fault instanceof NotApprovedException
                ? " Run resync again when its tables may be swapped in."
                : " Remove the cause and run resync again.";
    }

    /** Empty when the server cannot be asked any more. */
    private String mixture() {
        try {
            return journal.state()
                    .pendingSwap()
                    .map(pending -> Mixture.of(new TargetCatalog(workspace.target()), SwapPlan.fromJson(pending.plan()))
                                    .sentence()
                            + " ")
                    .orElse("");
        } catch (EngineException e) {
            return "";
        }
    }

    private String whatReadersSee() {
        if (swapped) {
            return "The swap had begun. " + mixture() + "Run resync or sync, which completes it first.";
        }
        String readers = "Readers see the original tables as before";
        if (scope.standing().isPresent()) {
            return readers + ", and the pipe is "
                    + scope.standing().get().status().label() + " as before.";
        }
        return workspace.definition().settings().replicationMode() == ReplicationMode.SNAPSHOT
                ? readers + "."
                : readers + "; changes are not replicated until a resync succeeds.";
    }
}
