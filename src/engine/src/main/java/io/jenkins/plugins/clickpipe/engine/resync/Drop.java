package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.Kept;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.resync.Ownership.Difference;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.swap.OutgoingTables;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Drops slots, publication and state; destination tables stay. What only the pipe knows of goes with it: leftover
 * {@code _resync} tables and kept previous tables.
 */
public final class Drop {
    private final Workspace workspace;
    private final StopSignal stop;

    private final boolean sourceMoved;

    public Drop(Workspace workspace, StopSignal stop) {
        this(workspace, stop, false);
    }

    /** @param sourceMoved the pipe file may name another source than the pipe was made from */
    public Drop(Workspace workspace, StopSignal stop, boolean sourceMoved) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
        this.sourceMoved = sourceMoved;
    }

    /** @return the sentence that says what was done */
    public String run() {
        try (PipeLock lock = workspace.lock()) {
            PipeState before = PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
            if (!before.exists()) {
                throw new EngineException("Pipe " + workspace.pipe() + " does not exist.");
            }
            Optional<Difference> difference = new Ownership(workspace, lock.session()).difference(before);
            if (difference.isPresent()) {
                return forget(before, difference.get());
            }
            new Housekeeping(workspace, stop, lock.session()).run();
            Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
            journal.probe();
            PipeState state = journal.state();
            List<Kept> kept = state.generations().kept();
            Setup setup = new Setup(workspace, journal, lock.session());
            setup.dropSlots();
            setup.dropPublication();
            new ResyncTables(workspace.target(), workspace.pipe()).dropAll(state);
            new OutgoingTables(workspace.target(), journal).drop(kept);
            journal.append(EntryKind.DROPPED, Journal.object());
            return "Pipe " + workspace.pipe() + " is dropped; its destination tables stay"
                    + (kept.isEmpty() ? "." : ", the previous tables that were kept for a rollback are dropped.");
        }
    }

    /** What the pipe has on the source is out of reach, or another pipe's, so it is named and left. */
    private String forget(PipeState state, Difference difference) {
        boolean moved = difference.kind() == Ownership.Kind.OTHER_SOURCE;
        if (difference.kind() == Ownership.Kind.OTHER_TABLES
                || difference.kind() == Ownership.Kind.OTHER_OWNER
                || moved && !sourceMoved) {
            throw new EngineException(difference.sentence() + " Nothing was changed. "
                    + (moved
                            ? "Drop it with a pipe file that names its source. Where that is gone, run drop"
                                    + " --source-moved, which forgets the pipe and leaves what it has there."
                            : difference.wayOut()));
        }
        Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
        if (moved) {
            new ResyncTables(workspace.target(), workspace.pipe()).dropAll(state);
            new OutgoingTables(workspace.target(), journal)
                    .drop(state.generations().kept());
        }
        journal.append(EntryKind.DROPPED, Journal.object());
        String left = Ownership.leftBehind(state);
        return difference.sentence() + " Pipe " + workspace.pipe()
                + " is forgotten here; its destination tables stay"
                + (left.isEmpty()
                        ? "."
                        : ". Its slot and publication stay too, and hold back WAL. Where nobody reads them, run on its"
                                + " source: " + left);
    }
}
