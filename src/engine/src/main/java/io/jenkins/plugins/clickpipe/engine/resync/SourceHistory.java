package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.CommitPoint;
import io.jenkins.plugins.clickpipe.engine.changes.CommitWitness;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicationStream;
import io.jenkins.plugins.clickpipe.engine.changes.WalEnd;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeIdentity;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.SlotProgress.AppliedCommit;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.Slot;
import io.jenkins.plugins.clickpipe.engine.source.SourceIdentity;
import io.jenkins.plugins.clickpipe.engine.source.TimelineHistory;
import java.sql.Connection;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Whether the source still has all that the pipe's tables hold. A server that was restored from an older copy, or a
 * standby that was promoted without the last commits, has not: it writes other changes at the same WAL positions, which
 * a slot that has passed them never sends.
 */
final class SourceHistory {
    private final Workspace workspace;
    private final Connection session;

    /** @param session an ordinary session of the source */
    SourceHistory(Workspace workspace, Connection session) {
        this.workspace = Objects.requireNonNull(workspace);
        this.session = Objects.requireNonNull(session);
    }

    /** @throws EngineException when the server is a standby, which has no slots to read yet */
    void refuseStandby() {
        if (SourceIdentity.of(workspace.source(), session).isStandby()) {
            throw new EngineException(
                    "The server that the pipe file names is a standby. Nothing was changed; connect to"
                            + " the primary, or promote it, and run the command again.");
        }
    }

    /** Why the pipe cannot go on from this source, as a clause; empty where it can. */
    Optional<String> fault(PipeState state) {
        Optional<LogSequenceNumber> reach = reach(state);
        if (reach.isEmpty() || state.identity().isEmpty()) {
            return Optional.empty();
        }
        SourceIdentity before = state.identity().get().source();
        SourceIdentity now = SourceIdentity.of(workspace.source(), session);
        if (now.isStandby()) {
            return Optional.of("the server that the pipe file names is a standby; connect to the primary");
        }
        return lost(reach.get(), before, now).map(SourceHistory::wentBack);
    }

    private Optional<String> lost(LogSequenceNumber reach, SourceIdentity before, SourceIdentity now) {
        String applied = "the pipe's tables hold changes up to " + reach.asString();
        if (now.timeline() < before.timeline()) {
            return Optional.of("it is on timeline " + now.timeline() + " and was on " + before.timeline());
        }
        LogSequenceNumber end = WalEnd.insertPosition(session);
        if (end.compareTo(reach) < 0) {
            return Optional.of(applied + ", and its WAL ends at " + end.asString());
        }
        if (now.timeline() == before.timeline()) {
            return Optional.empty();
        }
        Optional<LogSequenceNumber> left =
                TimelineHistory.of(workspace.source(), now.timeline()).endOf(before.timeline());
        if (left.isEmpty()) {
            return Optional.of("its timeline " + now.timeline() + " does not come from timeline " + before.timeline()
                    + ", on which it was");
        }
        return left.filter(position -> position.compareTo(reach) < 0)
                .map(position -> applied + ", and its timeline " + now.timeline() + " has left timeline "
                        + before.timeline() + " at " + position.asString());
    }

    /**
     * As {@link #fault}, where the server does not know any more what was confirmed last: a crash makes it forget that,
     * and only the WAL itself tells whether more is gone. Reads the slot, which nobody else may do meanwhile.
     */
    Optional<String> faultOf(Slot slot, PipeState state, StopSignal stop) {
        Optional<AppliedCommit> last = state.progressOf(slot.name()).last();
        if (last.filter(commit -> slot.confirmed().orElseThrow().compareTo(commit.end()) < 0)
                .isEmpty()) {
            return Optional.empty();
        }
        AppliedCommit commit = last.get();
        Connection replication = workspace.source().connectForReplication();
        try {
            ReplicationStream stream = ReplicationStream.open(
                    replication,
                    slot.name(),
                    state.publication().orElseThrow(),
                    slot.confirmed().orElseThrow(),
                    false);
            return new CommitWitness(stream, stop::isRequested).sees(new CommitPoint(commit.end(), commit.time()))
                    ? Optional.empty()
                    : Optional.of(
                            wentBack("the last transaction that the pipe has applied, committed at " + commit.time()
                                    + " and ended at " + commit.end().asString() + ", is not in its WAL any more"));
        } finally {
            workspace.source().release(replication);
        }
    }

    private static String wentBack(String why) {
        return "the source went back: " + why + ". What the pipe has applied since is not there any more, and what is"
                + " written now would never be sent; run resync";
    }

    /** Up to where the pipe's tables may hold changes. */
    private static Optional<LogSequenceNumber> reach(PipeState state) {
        return state.liveSlot().flatMap(slot -> Stream.concat(
                        state.progressOf(slot).reach().or(state::baseline).stream(),
                        state.tableStarts().values().stream())
                .max(LogSequenceNumber::compareTo));
    }

    /** Journals that the source is on another timeline than before; the caller has seen that it has everything. */
    void learn(Journal journal) {
        PipeIdentity known = journal.state().identity().orElseThrow();
        SourceIdentity now = SourceIdentity.of(workspace.source(), session);
        if (!known.source().equals(now)) {
            journal.append(EntryKind.IDENTITY, known.from(now).toJson());
        }
    }
}
