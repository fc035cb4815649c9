package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.PipeFile;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.swap.Swap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The making of a pipe without an initial load: destination tables that are missing are made, those that are there are
 * used as they are, and changes go on from a new slot.
 */
final class CdcOnlyRun {

    private final Workspace workspace;
    private final StopSignal stop;
    private final PipeLock lock;
    private final Journal journal;
    private final RunReport report;
    private final Prepared prepared;
    private final Setup setup;

    CdcOnlyRun(
            Workspace workspace, StopSignal stop, PipeLock lock, Journal journal, RunReport report, Prepared prepared) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
        this.lock = Objects.requireNonNull(lock);
        this.journal = Objects.requireNonNull(journal);
        this.report = Objects.requireNonNull(report);
        this.prepared = Objects.requireNonNull(prepared);
        this.setup = new Setup(workspace, journal, lock.session());
    }

    LoadStatistics run() {
        try {
            report.status(PipeStatus.SETUP, "preparing slot and tables of a new pipe without an initial load");
            new Ownership(workspace, lock.session()).learn(journal);
            new SourceHistory(workspace, lock.session()).learn(journal);
            journal.append(EntryKind.SETTINGS, PipeFile.write(workspace.definition()));
            setup.dropSlots();
            stop.check();
            setup.start(prepared, false).snapshot().close();
            tables();
            report.succeeded(
                    PipeStatus.RUNNING,
                    prepared.tables().size() + " tables follow the source from now on with sync; rows that were there"
                            + " before are not loaded");
            return report.statistics();
        } catch (RuntimeException e) {
            throw failure(e);
        } catch (Error e) {
            throw failure(EngineException.of(e));
        }
    }

    private void tables() {
        ResyncTables resyncTables = new ResyncTables(workspace.target(), workspace.pipe());
        List<TableMapping> missing = new ArrayList<>();
        Map<String, UUID> made = new LinkedHashMap<>();
        for (TableMapping mapping : prepared.tables()) {
            stop.check();
            if (prepared.targets().containsKey(mapping.target())) {
                journal.append(EntryKind.STRUCTURE, mapping.target(), TableStructure.toJson(mapping));
                journal.append(
                        EntryKind.DESTINATION_TABLE,
                        mapping.target(),
                        Journal.object()
                                .put(
                                        "uuid",
                                        prepared.targets()
                                                .get(mapping.target())
                                                .uuid()
                                                .toString()));
                report.info("Table " + mapping.target() + " is used as it is.");
            } else {
                missing.add(mapping);
                made.put(mapping.target(), resyncTables.create(mapping, Optional.empty(), journal));
                journal.append(EntryKind.STRUCTURE, mapping.target(), TableStructure.ofResyncTable(mapping));
            }
        }
        lock.verifyHeld();
        if (!missing.isEmpty()) {
            stop.shield(() -> new Swap(workspace.target(), journal)
                    .run(new Generation(workspace, journal.run())
                            .swapPlan(missing, made, prepared.targets(), Optional.empty())));
        }
    }

    private RuntimeException failure(RuntimeException fault) {
        boolean stopped = stop.beginCleanup();
        String reason = stopped ? "Stopped on request." : fault.getMessage();
        Cleanup cleanup = new Cleanup();
        cleanup.step(setup::dropSlots);
        cleanup.step(() -> new ResyncTables(workspace.target(), workspace.pipe()).dropAll(journal.state()));
        cleanup.step(() -> report.failed(reason));
        return stopped
                ? new StopSignal.StoppedException(cleanup.isComplete())
                : new EngineException(reason + " Remove the cause, drop the pipe and create it again.", fault);
    }
}
