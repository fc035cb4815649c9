package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.Slot;
import java.sql.Connection;
import java.util.Locale;
import java.util.Optional;

/**
 * What a pipe is when a resync begins, as far as that goes on meanwhile and stays so when the resync fails.
 *
 * @param slot the pipe's own; empty for one that replicates no changes
 */
record Standing(PipeStatus status, Optional<Slot> slot) {

    /**
     * For a resync of the whole pipe with {@code keepOriginalLive}; empty when the pipe has no usable slot, or its
     * tables are not those of the slot.
     */
    static Optional<Standing> ofOriginals(Workspace workspace, StopSignal stop, Connection session, PipeState state) {
        boolean follows = state.lastingStatus()
                        .filter(status -> status == PipeStatus.RUNNING || status == PipeStatus.PAUSED)
                        .isPresent()
                && state.generations().rolledBack().isEmpty();
        if (!follows) {
            return Optional.empty();
        }
        SourceHistory history = new SourceHistory(workspace, session);
        if (history.fault(state).isPresent()
                || new Publications(workspace, session).replaced(state).isPresent()) {
            return Optional.empty();
        }
        return state.liveSlot()
                .flatMap(name -> new ReplicationSlots(workspace.source()).find(session, name))
                .filter(slot -> slot.invalidReason().isEmpty()
                        && Setup.foreign(slot, state.progressOf(slot.name())).isEmpty()
                        && history.faultOf(slot, state, stop).isEmpty())
                .map(slot -> new Standing(state.lastingStatus().orElseThrow(), Optional.of(slot)));
    }

    /**
     * For a resync of some of a pipe's tables.
     *
     * @throws EngineException when the pipe is not in a state in which its other tables can go on
     */
    static Standing ofPipe(Workspace workspace, StopSignal stop, Connection session, PipeState state) {
        if (!state.exists()) {
            throw new EngineException(
                    "Pipe " + workspace.pipe() + " does not exist yet; run create or resync without" + " --tables.");
        }
        refuseOtherMode(workspace, state);
        if (state.lastingStatus().equals(Optional.of(PipeStatus.COMPLETED))
                && state.generations().rolledBack().isEmpty()) {
            return new Standing(PipeStatus.COMPLETED, Optional.empty());
        }
        return ofOriginals(workspace, stop, session, state)
                .orElseThrow(() -> new EngineException("Pipe " + workspace.pipe() + " is "
                        + state.status().orElseThrow().label()
                        + state.reason().map(why -> " (" + why + ")").orElse("")
                        + ": its other tables cannot go on from its slot. Run resync without --tables."));
    }

    /** Whether changes follow a load is the same for all tables of a pipe. */
    private static void refuseOtherMode(Workspace workspace, PipeState state) {
        String before = state.settings()
                .map(settings ->
                        settings.path("settings").path("replicationMode").asText())
                .orElse("");
        String now = workspace.definition().settings().replicationMode().name().toLowerCase(Locale.ROOT);
        if (!before.isEmpty() && before.equals("snapshot") != now.equals("snapshot")) {
            throw new EngineException("replicationMode changed from " + before + " to " + now + " since the pipe was"
                    + " loaded, which concerns all its tables. Run resync without --tables.");
        }
    }

    Optional<String> slotName() {
        return slot.map(Slot::name);
    }
}
