package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.SourceChangedException;
import io.jenkins.plugins.clickpipe.engine.changes.StructureChangedException;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.changes.TableRefusedException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState.PauseRequest;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock.PipeBusyException;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.Slot;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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

    /**
     * How a sync ended.
     *
     * @param pausedBy who has asked it to end and the pipe to be paused
     */
    public record Ended(SyncResult result, Optional<String> pausedBy) {}

    /**
     * Opens broken connections again, as long as that takes no longer than {@link Patience#LIMIT}.
     *
     * @throws EngineException when the pipe is not Running, with what to do about it
     */
    public Ended run(Extent extent) {
        Course course = new Course(extent, System::nanoTime);
        while (true) {
            try {
                return attempt(course);
            } catch (SourceException | TargetException | PipeBusyException e) {
                Duration pause = course.pauseAfter(e);
                if (stop.isRequested()) {
                    return new Ended(course.stopped(), Optional.empty());
                }
                LOG.warn("{} Sync tries again in {} s.", e.getMessage(), pause.toSeconds());
                workspace.events().log("WARN", e.getMessage());
                stop.await(pause);
                if (stop.isRequested()) {
                    return new Ended(course.stopped(), Optional.empty());
                }
            }
        }
    }

    private Ended attempt(Course course) {
        try (PipeLock lock = workspace.lock()) {
            new Housekeeping(workspace, stop, lock.session()).run();
            PipeState state = PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
            if (course.hasBegun() && state.status().equals(Optional.of(PipeStatus.PAUSED))) {
                return new Ended(course.stopped(), state.pauseRequest().map(PauseRequest::by));
            }
            refuseUnlessRunning(state);
            refuseHiddenRows(state);
            Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
            new SourceHistory(workspace, lock.session()).refuseStandby();
            Slot slot = usableSlot(lock.session(), state, journal);
            refuseOtherPast(lock.session(), slot, journal);
            return run(course, lock.session(), slot, journal);
        }
    }

    private void refuseHiddenRows(PipeState state) {
        Set<String> tables = new HashSet<>(state.structures().keySet());
        tables.add(Journal.TABLE);
        new RowPolicies(workspace.target()).refuse(tables);
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
                        .or(() -> Setup.foreign(slot.get(), state.progressOf(name))
                                .map(why -> "replication slot " + name + " " + why
                                        + ". Changes in between are lost to the pipe; run resync"))
                        .orElse("");
        if (!fault.isEmpty()) {
            throw failed(journal, fault);
        }
        return slot.get();
    }

    /** What comes now must go on from what the tables hold: the same history, through the same publication. */
    private void refuseOtherPast(Connection session, Slot slot, Journal journal) {
        SourceHistory history = new SourceHistory(workspace, session);
        Publications publications = new Publications(workspace, session);
        Optional<String> fault = history.fault(journal.state())
                .or(() -> publications.replaced(journal.state()))
                .or(() -> history.faultOf(slot, journal.state(), stop));
        if (fault.isPresent()) {
            throw failed(journal, fault.get());
        }
        history.learn(journal);
        publications.learn(journal);
    }

    private EngineException failed(Journal journal, String fault) {
        journal.append(
                EntryKind.STATUS,
                Journal.object().put("status", PipeStatus.FAILED.name()).put("reason", fault));
        return new EngineException("Pipe " + workspace.pipe() + " is Failed: " + fault + ".");
    }

    private Ended run(Course course, Connection session, Slot slot, Journal journal) {
        SyncReport report = new SyncReport(workspace, session, journal, slot);
        if (course.begin(report.walEnd())) {
            workspace.events().phase("Running", "applying changes from " + slot.name());
        }
        Set<String> seen = new HashSet<>();
        Map<String, Set<String>> ignored = new HashMap<>();
        while (true) {
            Published.Look look =
                    new Published(workspace, journal, session).look(LoadedTables.follow(workspace, journal, session));
            look.fault().ifPresent(fault -> {
                throw failed(journal, fault);
            });
            LoadedTables tables = look.tables();
            tables.added().forEach(this::leftOut);
            if (new Publications(workspace, session).withdrawRemoved(tables, journal)) {
                continue;
            }
            CatalogWatch watch = CatalogWatch.of(
                    session,
                    tables.mappings(),
                    journal.state().publication().orElseThrow(),
                    look.now().orElseThrow());
            SlotSync.Feed feed = SlotSync.Feed.live(slot, journal.state(), tables, ignored, watch);
            course.nextStream();
            try (JournalWatch pause = JournalWatch.start(journal, PipeSync::isPausing);
                    SlotSync slotSync = new SlotSync(
                            workspace,
                            journal,
                            feed,
                            () -> stop.isRequested() || pause.asked(),
                            result -> report.progress(course.progress(result)))) {
                SyncResult result = course.run(slotSync.sync());
                report.ended(result);
                if (stop.isRequested() || !pause.asked()) {
                    return new Ended(result, Optional.empty());
                }
                journal.hear();
                if (isPausing(journal.state())) {
                    return paused(journal, result);
                }
                LOG.info("The pause is withdrawn; sync goes on.");
            } catch (SourceChangedException e) {
                LOG.debug("{}", e.getMessage());
            } catch (TableRefusedException e) {
                new StructureUpdate(workspace, journal).stop(e.destination(), e.source(), e.reason());
            } catch (StructureChangedException e) {
                // The first time the catalog may explain it. What it does not explain is over already, or too new.
                if (!seen.add(e.destination() + ": " + e.reason())) {
                    if (e.added().isEmpty()) {
                        new StructureUpdate(workspace, journal).stop(e.destination(), e.source(), e.reason());
                    } else {
                        ignored.computeIfAbsent(e.destination(), table -> new HashSet<>())
                                .addAll(e.added());
                    }
                }
            }
        }
    }

    private static boolean isPausing(PipeState state) {
        return state.status().equals(Optional.of(PipeStatus.PAUSING));
    }

    private Ended paused(Journal journal, SyncResult result) {
        PauseRequest request = journal.state().pauseRequest().orElseThrow();
        Pausing.complete(journal, request);
        workspace.events().phase(PipeStatus.PAUSED.label(), "paused by " + request.by());
        return new Ended(result, Optional.of(request.by()));
    }

    private void leftOut(TableMapping added) {
        String message = "Table " + added.source().qualifiedName()
                + " is new to the pipe and left out until resync --tables "
                + added.source().qualifiedName()
                + " loads it.";
        LOG.warn(message);
        workspace.events().log("WARN", message);
    }
}
