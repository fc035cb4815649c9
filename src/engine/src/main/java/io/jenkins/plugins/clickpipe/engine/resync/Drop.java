package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.Kept;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.swap.OutgoingTables;
import java.util.List;
import java.util.Objects;

/**
 * Drops slots, publication and state; destination tables stay. What only the pipe knows of goes with it: leftover
 * {@code _resync} tables and kept previous tables.
 */
public final class Drop {
    private final Workspace workspace;
    private final StopSignal stop;

    public Drop(Workspace workspace, StopSignal stop) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
    }

    /** @return the sentence that says what was done */
    public String run() {
        try (PipeLock lock = PipeLock.acquire(workspace.source(), workspace.pipe())) {
            if (!PipeState.of(Journal.read(workspace.target(), workspace.pipe()))
                    .exists()) {
                throw new EngineException("Pipe " + workspace.pipe() + " does not exist.");
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
}
