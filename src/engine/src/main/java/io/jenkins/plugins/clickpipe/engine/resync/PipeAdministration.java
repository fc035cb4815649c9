package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import java.util.Objects;
import java.util.function.BiFunction;

/** Pause, resume and drop. Each returns the sentence that says what was done. */
public final class PipeAdministration {
    private final Workspace workspace;

    public PipeAdministration(Workspace workspace) {
        this.workspace = Objects.requireNonNull(workspace);
    }

    /** @throws EngineException when the pipe is not Running */
    public String pause() {
        return locked((lock, journal) -> {
            change(journal, PipeStatus.RUNNING, PipeStatus.PAUSED);
            return "Pipe " + workspace.pipe() + " is Paused; its slot keeps the changes until resume.";
        });
    }

    /** @throws EngineException when the pipe is not Paused */
    public String resume() {
        return locked((lock, journal) -> {
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

    /** Drops slots, publication and state; destination tables stay, leftover {@code _resync} tables go. */
    public String drop() {
        return locked((lock, journal) -> {
            PipeState state = journal.state();
            if (state.pendingSwap().isPresent()) {
                throw new EngineException("Pipe " + workspace.pipe()
                        + " was interrupted in its swap; run resync, which completes it, and drop it then.");
            }
            Setup setup = new Setup(workspace, journal, lock.session());
            setup.dropSlots();
            setup.dropPublication();
            new ResyncTables(workspace.target(), workspace.pipe()).dropAll(state);
            journal.append(EntryKind.DROPPED, Journal.object());
            return "Pipe " + workspace.pipe() + " is dropped; its destination tables stay.";
        });
    }

    private String locked(BiFunction<PipeLock, Journal, String> action) {
        try (PipeLock lock = PipeLock.acquire(workspace.source(), workspace.pipe())) {
            if (!PipeState.of(Journal.read(workspace.target(), workspace.pipe()))
                    .exists()) {
                throw new EngineException("Pipe " + workspace.pipe() + " does not exist.");
            }
            return action.apply(
                    lock, Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run()));
        }
    }
}
