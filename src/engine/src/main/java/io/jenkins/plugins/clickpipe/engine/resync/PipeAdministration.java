package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.Kept;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.swap.OutgoingTables;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;

/** Pause, resume and drop. Each returns the sentence that says what was done. */
public final class PipeAdministration {
    private final Workspace workspace;
    private final StopSignal stop;

    public PipeAdministration(Workspace workspace, StopSignal stop) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
    }

    /** @throws EngineException when the pipe is not Running */
    public String pause() {
        return locked((lock, journal) -> {
            change(journal, PipeStatus.RUNNING, PipeStatus.PAUSED);
            return "Pipe " + workspace.pipe() + " is Paused; its slot keeps the changes until resume.";
        });
    }

    /** @throws EngineException when the pipe is not Paused, or a rollback has taken it off its slot */
    public String resume() {
        return locked((lock, journal) -> {
            PipeState state = journal.state();
            boolean offItsSlot = !state.generations().rolledBack().isEmpty()
                    || state.liveSlot().isEmpty();
            if (state.status().orElseThrow() == PipeStatus.PAUSED && offItsSlot) {
                throw new EngineException("Pipe " + workspace.pipe() + " cannot be resumed. "
                        + state.reason().orElse("It has no replication slot; run resync."));
            }
            change(journal, PipeStatus.PAUSED, PipeStatus.RUNNING);
            return "Pipe " + workspace.pipe() + " is Running; sync applies the changes since it was paused.";
        });
    }

    private void change(Journal journal, PipeStatus from, PipeStatus to) {
        PipeStatus now = journal.state().status().orElseThrow();
        if (now != from) {
            throw new EngineException(
                    "Pipe " + workspace.pipe() + " is " + now.label() + ", not " + from.label() + ".");
        }
        journal.append(EntryKind.STATUS, "status", to.name());
    }

    /**
     * Drops slots, publication and state; destination tables stay. What only the pipe knows of goes with it: leftover
     * {@code _resync} tables and kept previous tables.
     */
    public String drop() {
        return locked((lock, journal) -> {
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
        });
    }

    private String locked(BiFunction<PipeLock, Journal, String> action) {
        try (PipeLock lock = PipeLock.acquire(workspace.source(), workspace.pipe())) {
            if (!PipeState.of(Journal.read(workspace.target(), workspace.pipe()))
                    .exists()) {
                throw new EngineException("Pipe " + workspace.pipe() + " does not exist.");
            }
            new Housekeeping(workspace, stop, lock.session()).run();
            return action.apply(
                    lock, Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run()));
        }
    }
}
