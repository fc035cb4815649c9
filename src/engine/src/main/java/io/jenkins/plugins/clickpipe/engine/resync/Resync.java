package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.ReplicationMode;
import io.jenkins.plugins.clickpipe.engine.definition.TablePattern;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands that load tables: what is refused, and then the {@link ResyncRun}.
 *
 * <p>Until the swap, whatever happens, readers see the originals as before.
 */
public final class Resync {
    private static final Logger LOG = LoggerFactory.getLogger(Resync.class);

    private final Workspace workspace;
    private final StopSignal stop;
    private final boolean terminal;
    private final boolean sourceMoved;
    private RunReport report;

    /** @param terminal a person watches standard error */
    public Resync(Workspace workspace, StopSignal stop, boolean terminal) {
        this(workspace, stop, terminal, false);
    }

    /**
     * @param terminal a person watches standard error
     * @param sourceMoved the pipe file may name another source than the pipe was made from: the pipe moves there
     */
    public Resync(Workspace workspace, StopSignal stop, boolean terminal, boolean sourceMoved) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
        this.terminal = terminal;
        this.sourceMoved = sourceMoved;
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
     * Makes a pipe that does not exist yet.
     *
     * @throws EngineException as {@link #resync} does, and when the pipe or one of its destination tables exists
     */
    public LoadStatistics create() {
        return run(true, Optional.empty());
    }

    /**
     * Loads a pipe's tables anew, and makes the pipe if it does not exist.
     *
     * @param only these of its tables; the others go on meanwhile and are not swapped
     * @throws VerificationRefusedException when the loaded tables differ from the source
     * @throws StopSignal.StoppedException when stopped on request, after cleaning up
     * @throws EngineException on any other fault, after cleaning up; its message says what readers see
     */
    public LoadStatistics resync(Optional<TablePattern> only) {
        return run(false, only);
    }

    private LoadStatistics run(boolean mustBeNew, Optional<TablePattern> only) {
        try (PipeLock lock = workspace.lock()) {
            moveSource(lock, only);
            new Housekeeping(workspace, stop, lock.session()).run();
            Prepared prepared = lookAtServers(only).orRefuse();
            stop.check();
            boolean cdcOnly = workspace.definition().settings().replicationMode() == ReplicationMode.CDC_ONLY;
            if (mustBeNew) {
                refuseExisting(prepared, cdcOnly);
            }
            if (cdcOnly) {
                return startWithoutLoad(lock, prepared);
            }
            Optional<Standing> standing = only.isPresent()
                    ? Optional.of(Standing.ofPipe(workspace, stop, lock.session(), prepared.state()))
                    : workspace.definition().settings().keepOriginalLive()
                            ? Standing.ofOriginals(workspace, stop, lock.session(), prepared.state())
                            : Optional.empty();
            Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
            journal.probe();
            lock.extend();
            report = new RunReport(workspace, journal);
            ResyncRun.Scope scope = new ResyncRun.Scope(prepared, standing, only);
            return new ResyncRun(workspace, stop, terminal, lock, journal, report, scope).run();
        }
    }

    /** What the pipe has on its old source is out of reach from here, so it is named and left, not dropped. */
    private void moveSource(PipeLock lock, Optional<TablePattern> only) {
        if (!sourceMoved) {
            return;
        }
        Ownership ownership = new Ownership(workspace, lock.session());
        PipeState state = PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
        Optional<Ownership.Difference> difference = ownership.difference(state);
        if (!state.exists()) {
            return;
        }
        if (difference.isEmpty()) {
            throw new EngineException("The pipe file names the source that pipe " + workspace.pipe()
                    + " was made from, so it has not moved. Nothing was changed; run resync without --source-moved.");
        }
        if (difference.get().kind() != Ownership.Kind.OTHER_SOURCE) {
            throw difference.get().refusal();
        }
        if (only.isPresent()) {
            throw new EngineException("A pipe moves to another source with all its tables: run resync --source-moved"
                    + " without --tables. Nothing was changed.");
        }
        lookAtServers(only).orRefuse();
        String left = Ownership.leftBehind(state);
        if (!left.isEmpty()) {
            String message = difference.get().sentence() + " What the pipe has there stays and holds back WAL until you"
                    + " run there: " + left;
            LOG.warn(message);
            workspace.events().log("WARN", message);
        }
        ownership.claim(Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run()));
    }

    private Preflight.Result lookAtServers(Optional<TablePattern> only) {
        try {
            return new Preflight(workspace, only, sourceMoved).run();
        } catch (SourceException | TargetException e) {
            throw new EngineException(e.getMessage() + " Nothing was changed; remove the cause and run it again.", e);
        }
    }

    private LoadStatistics startWithoutLoad(PipeLock lock, Prepared prepared) {
        if (prepared.state().exists()) {
            throw new EngineException(
                    "A pipe with replicationMode: cdc_only has no initial load, so there is nothing to"
                            + " resync. Use replicationMode: cdc to load its tables, or drop and create it, which"
                            + " goes on from a new slot.");
        }
        Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
        journal.probe();
        lock.extend();
        report = new RunReport(workspace, journal);
        return new CdcOnlyRun(workspace, stop, lock, journal, report, prepared).run();
    }

    private void refuseExisting(Prepared prepared, boolean tablesMayExist) {
        if (prepared.state().exists()) {
            throw new EngineException("Pipe " + workspace.pipe() + " exists already ("
                    + prepared.state().status().orElseThrow().label() + "); use resync to load it again.");
        }
        List<String> present = prepared.tables().stream()
                .map(TableMapping::target)
                .filter(prepared.targets()::containsKey)
                .toList();
        if (!present.isEmpty() && !tablesMayExist) {
            throw new EngineException("The destination has " + String.join(", ", present)
                    + " already; use resync, which replaces them atomically.");
        }
    }
}
