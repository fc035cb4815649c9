package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState.Approval;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState.Decision;
import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** A person's word on a swap that a resync elsewhere waits with; it reaches that process through the journal. */
public final class SwapDecision {
    private static final Duration WITHOUT_LOCK = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Workspace workspace;
    private final StopSignal stop;

    public SwapDecision(Workspace workspace, StopSignal stop) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
    }

    /**
     * @param by who decides
     * @return the sentence that says what comes of it
     * @throws EngineException when no resync of the pipe waits for it
     */
    public String tell(boolean approved, String by) {
        Approval waiting = waiting();
        Decision decision = new Decision(approved, by);
        Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
        journal.append(
                EntryKind.APPROVAL_DECIDED,
                Journal.object()
                        .put("run", waiting.run())
                        .put("approved", approved)
                        .put("by", by));
        Optional<Decision> first = state().approval()
                .filter(now -> now.run().equals(waiting.run()))
                .flatMap(Approval::decision);
        first.filter(other -> !other.equals(decision)).ifPresent(this::refuseSecond);
        return approved
                ? "The swap of run " + waiting.run() + " is approved by " + by + "; the resync goes on with it."
                : "The swap of run " + waiting.run() + " is rejected by " + by
                        + "; the resync ends and leaves the original tables as they are.";
    }

    private Approval waiting() {
        PipeState state = state();
        String pipe = "pipe " + workspace.pipe();
        if (!state.exists()) {
            throw new EngineException("Pipe " + workspace.pipe() + " does not exist.");
        }
        Approval approval = state.approval()
                .orElseThrow(() -> new EngineException("No resync of " + pipe + " awaits approval: it is "
                        + state.status().orElseThrow().label() + "."));
        approval.decision().ifPresent(this::refuseSecond);
        if (!workspace.clock().instant().isBefore(approval.until())) {
            throw new EngineException("No resync of " + pipe + " awaits approval any more: its time was over at "
                    + approval.until() + ".");
        }
        Ownership.verify(workspace, state);
        if (!isWorkedOn()) {
            throw new EngineException("No resync of " + pipe + " awaits approval any more: run " + approval.run()
                    + " has ended without one. Run resync again.");
        }
        return approval;
    }

    private void refuseSecond(Decision decision) {
        throw new EngineException("The swap of pipe " + workspace.pipe() + " is "
                + (decision.approved() ? "approved" : "rejected") + " already, by " + decision.by() + ".");
    }

    /** The waiting run takes its lock again when a connection breaks, so it may be without it for a moment. */
    private boolean isWorkedOn() {
        Connection session = workspace.source().connect();
        long end = System.nanoTime() + WITHOUT_LOCK.toNanos();
        try {
            while (workspace.lockHolder(session).isEmpty()) {
                if (System.nanoTime() - end > 0) {
                    return false;
                }
                stop.await(POLL);
                stop.check();
            }
            return true;
        } finally {
            workspace.source().release(session);
        }
    }

    private PipeState state() {
        return PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
    }
}
