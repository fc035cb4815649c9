package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Generations;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.Kept;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState.PendingSwap;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.swap.OutgoingTables;
import io.jenkins.plugins.clickpipe.engine.swap.Swap;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import java.sql.Connection;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every command does first once it holds the pipe's lock: it sees that the pipe is the one that the pipe file means
 * ({@link Ownership}), completes a swap or rollback that a dead process
 * left half done, for until then nobody knows which table is which, pauses a pipe whose sync has ended before it could
 * be asked to, and drops previous tables whose time is over.
 */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private final Workspace workspace;
    private final StopSignal stop;
    private final Connection session;

    /** @param session an ordinary session of the source */
    Housekeeping(Workspace workspace, StopSignal stop, Connection session) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
        this.session = Objects.requireNonNull(session);
    }

    /**
     * Does what there is to do; returns what kind of swap was completed, if one was.
     *
     * @throws EngineException when the journal's pipe of this name is not the pipe file's; then nothing was changed
     */
    Optional<SwapPlan.Kind> run() {
        PipeState state = PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
        Ownership ownership = new Ownership(workspace, session);
        ownership.verify(state);
        List<Kept> expired = expired(state.generations());
        if (state.pendingSwap().isEmpty()
                && expired.isEmpty()
                && !state.status().equals(Optional.of(PipeStatus.PAUSING))
                && !isAbandoned(state)
                && (!state.exists() || ownership.isKnown(state))
                && spareSlots(state).isEmpty()) {
            return Optional.empty();
        }
        Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
        ownership.learn(journal);
        Optional<SwapPlan.Kind> completed = state.pendingSwap().map(pending -> complete(pending, journal));
        journal.state()
                .pauseRequest()
                .filter(request -> journal.state().status().equals(Optional.of(PipeStatus.PAUSING)))
                .ifPresent(request -> Pausing.complete(journal, request));
        if (isAbandoned(journal.state())) {
            giveUpAbandoned(journal);
        }
        if (!spareSlots(journal.state()).isEmpty()) {
            new Setup(workspace, journal, session)
                    .dropSlotsExcept(journal.state().liveSlot());
        }
        dropExpired(journal, expired(journal.state().generations()));
        return completed;
    }

    /** By the server's clock, by which they are kept: that of this machine may be another one each time. */
    private List<Kept> expired(Generations generations) {
        if (generations.kept().isEmpty()) {
            return List.of();
        }
        Instant now = new TargetCatalog(workspace.target()).now();
        return generations.kept().stream()
                .filter(generation -> !generation.until().isAfter(now))
                .toList();
    }

    /** A resync died beside a pipe whose own slot stands, so the pipe can go on as if it had not been. */
    private static boolean isAbandoned(PipeState state) {
        return state.pendingSwap().isEmpty()
                && state.status().filter(PipeStatus::isTransitional).isPresent()
                && state.liveSlot().isPresent();
    }

    private void giveUpAbandoned(Journal journal) {
        PipeState state = journal.state();
        LOG.info(
                "The resync of run {} ended half way; the pipe goes on with its tables and slot.",
                state.run().orElse(""));
        new Setup(workspace, journal, session).dropSlotsExcept(state.liveSlot());
        new ResyncTables(workspace.target(), workspace.pipe()).dropAll(state);
        StatusAfterSwap.before(state).append(journal);
    }

    /** Slots that a run planned or left behind beside the pipe's own. */
    private static Set<String> spareSlots(PipeState state) {
        boolean lasting = state.status()
                .filter(status -> !status.isTransitional() && status != PipeStatus.FAILED)
                .isPresent();
        if (!lasting || state.pendingSwap().isPresent()) {
            return Set.of();
        }
        Set<String> spare = new HashSet<>(state.knownSlots());
        ownSlot(state).ifPresent(spare::remove);
        return spare;
    }

    private static Optional<String> ownSlot(PipeState state) {
        return state.liveSlot().filter(slot -> !state.status().equals(Optional.of(PipeStatus.COMPLETED)));
    }

    private SwapPlan.Kind complete(PendingSwap pending, Journal journal) {
        SwapPlan.Kind kind = SwapPlan.fromJson(pending.plan()).kind();
        boolean rollback = kind == SwapPlan.Kind.ROLLBACK;
        LOG.info(
                "The {} of run {} was interrupted; completing it first.",
                rollback ? "rollback" : "swap",
                pending.run());
        stop.shield(() -> {
            boolean forward = new Swap(workspace.target(), journal).recover(pending);
            if (forward && pending.plan().hasNonNull("startsAt")) {
                StatusAfterSwap.before(journal.state()).append(journal);
            } else if (forward) {
                StatusAfterSwap.of(journal.state(), kind).append(journal);
            } else if (!rollback && journal.state().liveSlot().isPresent()) {
                StatusAfterSwap.before(journal.state()).append(journal);
            } else if (!rollback) {
                journal.append(
                        EntryKind.STATUS,
                        Journal.object()
                                .put("status", PipeStatus.FAILED.name())
                                .put("reason", "The swap was taken back."));
            }
        });
        return kind;
    }

    private void dropExpired(Journal journal, List<Kept> expired) {
        if (expired.isEmpty()) {
            return;
        }
        new OutgoingTables(workspace.target(), journal).drop(expired);
        PipeState state = journal.state();
        Generations generations = state.generations();
        if (!generations.rolledBack().isEmpty() && generations.newestLoad().isEmpty()) {
            LOG.info(
                    "The tables that the slot belongs to are gone, so no rollback returns to them: dropping the slot.");
            new Setup(workspace, journal, session).dropSlots();
            StatusAfterSwap.of(journal.state(), SwapPlan.Kind.ROLLBACK).append(journal);
        }
    }
}
