package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState.PauseRequest;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock.PipeBusyException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Pause and resume. A sync that runs meanwhile holds the pipe's lock; it is asked by the journal, ends its batch, and
 * writes the new status itself.
 */
public final class Pausing {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Workspace workspace;
    private final StopSignal stop;

    public Pausing(Workspace workspace, StopSignal stop) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
    }

    /**
     * How the pipe is now.
     *
     * @param status Paused, Running, or Pausing when a sync has not ended yet
     */
    public record Ended(PipeStatus status, String message) {}

    /**
     * @param by who wants it
     * @throws EngineException when the pipe is neither Running nor Pausing
     */
    public Ended pause(String by) {
        long end = System.nanoTime() + LIMIT.toNanos();
        boolean asked = false;
        while (true) {
            try (PipeLock lock = workspace.lock()) {
                Journal journal = open(lock);
                if (!(asked && is(PipeStatus.PAUSED, journal.state()))) {
                    refuseUnless(PipeStatus.RUNNING, journal.state());
                    journal.append(
                            EntryKind.STATUS,
                            Journal.object()
                                    .put("status", PipeStatus.PAUSED.name())
                                    .put("reason", reason(by)));
                }
                return paused();
            } catch (PipeBusyException busy) {
                PipeState state = existing();
                Ownership.verify(workspace, state);
                if (asked && is(PipeStatus.PAUSED, state)) {
                    return paused();
                }
                if (!is(PipeStatus.PAUSING, state)) {
                    refuseUnlessSynced(asked, state, busy);
                    append(EntryKind.PAUSE_REQUESTED, Journal.object().put("by", by));
                }
                asked = true;
                if (System.nanoTime() - end > 0) {
                    return new Ended(
                            PipeStatus.PAUSING,
                            "Pipe " + workspace.pipe() + " is still Pausing after " + LIMIT.toSeconds()
                                    + " s: its sync ends its batch first, and is Paused then. Look with status; resume"
                                    + " withdraws the request.");
                }
            }
            stop.await(POLL);
            stop.check();
        }
    }

    private void refuseUnlessSynced(boolean asked, PipeState state, PipeBusyException busy) {
        String pipe = "Pipe " + workspace.pipe();
        if (asked) {
            throw new EngineException(pipe + " is " + label(state)
                    + ": the request to pause it was withdrawn, or overtaken by another command.");
        }
        if (state.status().orElseThrow().isTransitional()) {
            throw new EngineException(
                    pipe + " cannot be paused at " + label(state) + ", since a resync works on it. Pause"
                            + " it when that has ended, or stop the resync. " + busy.getMessage());
        }
        refuseUnless(PipeStatus.RUNNING, state);
    }

    private Ended paused() {
        return new Ended(
                PipeStatus.PAUSED, "Pipe " + workspace.pipe() + " is Paused; its slot keeps the changes until resume.");
    }

    /** The sync that was asked has ended, so the pipe is Paused from here on. */
    static void complete(Journal journal, PauseRequest request) {
        journal.append(
                EntryKind.STATUS,
                Journal.object()
                        .put("status", PipeStatus.PAUSED.name())
                        .put("reason", reason(request.by()))
                        .put("request", request.id()));
    }

    private static String reason(String by) {
        return "It was paused by " + by + "; run resume to go on.";
    }

    /**
     * How the pipe is now.
     *
     * @param by who wants it
     * @throws EngineException when the pipe is neither Paused nor Pausing, or a rollback has taken it off its slot
     */
    public Ended resume(String by) {
        try (PipeLock lock = workspace.lock()) {
            Journal journal = open(lock);
            PipeState state = journal.state();
            boolean offItsSlot = !state.generations().rolledBack().isEmpty()
                    || state.liveSlot().isEmpty();
            if (is(PipeStatus.PAUSED, state) && offItsSlot) {
                throw new EngineException("Pipe " + workspace.pipe() + " cannot be resumed. "
                        + state.reason().orElse("It has no replication slot; run resync."));
            }
            refuseUnless(PipeStatus.PAUSED, state);
            journal.append(
                    EntryKind.STATUS,
                    Journal.object().put("status", PipeStatus.RUNNING.name()).put("by", by));
            return new Ended(
                    PipeStatus.RUNNING,
                    "Pipe " + workspace.pipe() + " is Running; sync applies the changes since it was paused.");
        } catch (PipeBusyException busy) {
            PipeState asked = existing();
            Ownership.verify(workspace, asked);
            Optional<PauseRequest> request = Optional.of(asked)
                    .filter(state -> is(PipeStatus.PAUSING, state))
                    .flatMap(PipeState::pauseRequest);
            append(
                    EntryKind.PAUSE_WITHDRAWN,
                    Journal.object()
                            .put("request", request.orElseThrow(() -> busy).id())
                            .put("by", by));
            return new Ended(
                    PipeStatus.RUNNING,
                    "Pipe " + workspace.pipe() + " is Running: the request to pause it is withdrawn.");
        }
    }

    private Journal open(PipeLock lock) {
        existing();
        new Housekeeping(workspace, stop, lock.session()).run();
        return Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
    }

    private PipeState existing() {
        PipeState state = PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
        if (!state.exists()) {
            throw new EngineException("Pipe " + workspace.pipe() + " does not exist.");
        }
        return state;
    }

    private void append(EntryKind request, JsonNode data) {
        Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run())
                .append(request, data);
    }

    private void refuseUnless(PipeStatus wanted, PipeState state) {
        if (!is(wanted, state)) {
            throw new EngineException(
                    "Pipe " + workspace.pipe() + " is " + label(state) + ", not " + wanted.label() + ".");
        }
    }

    private static boolean is(PipeStatus status, PipeState state) {
        return state.status().equals(Optional.of(status));
    }

    private static String label(PipeState state) {
        return state.status().orElseThrow().label();
    }
}
