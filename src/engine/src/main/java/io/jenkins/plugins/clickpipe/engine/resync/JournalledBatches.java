package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.changes.BatchLog;
import io.jenkins.plugins.clickpipe.engine.changes.CommitPoint;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.SlotProgress;
import io.jenkins.plugins.clickpipe.engine.journal.SlotProgress.AppliedCommit;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/** Batches of one slot, planned and confirmed in the pipe's journal; what others confirm meanwhile has no batches. */
final class JournalledBatches implements BatchLog {
    private final Journal journal;
    private final String slot;
    /** A stream begins to tell positions before the one at which the last has ended. */
    private LogSequenceNumber reached;

    private Optional<Instant> upTo;
    private Optional<AppliedCommit> last;

    JournalledBatches(Journal journal, String slot) {
        this.journal = Objects.requireNonNull(journal);
        this.slot = Objects.requireNonNull(slot);
        SlotProgress progress = journal.state().progressOf(slot);
        this.reached = progress.confirmed().orElse(LogSequenceNumber.INVALID_LSN);
        this.upTo = progress.upTo();
        this.last = progress.last();
    }

    @Override
    public Optional<Plan> pending() {
        return journal.state().progressOf(slot).planned().map(b -> new Plan(b.from(), b.to(), b.partSize()));
    }

    @Override
    public void planned(Plan plan) {
        journal.append(
                EntryKind.BATCH_PLANNED,
                Journal.object()
                        .put("slot", slot)
                        .put("from", plan.from().asString())
                        .put("to", plan.to().asString())
                        .put("partSize", plan.partSize()));
    }

    @Override
    public synchronized void applied(CommitPoint end) {
        last = Optional.of(new AppliedCommit(end.lsn(), end.time()));
        confirmed(end.lsn(), end.time());
    }

    @Override
    public synchronized void idle(LogSequenceNumber position) {
        upTo = journal.state().progressOf(slot).upTo().or(() -> upTo);
        confirmed(position, Optional.empty());
    }

    /**
     * Stores that everything up to a position is in the destination.
     *
     * @param upTo of the source's clock: what was committed before it is among that
     */
    void confirmed(LogSequenceNumber lsn, Instant upTo) {
        confirmed(lsn, Optional.of(upTo));
    }

    private synchronized void confirmed(LogSequenceNumber lsn, Optional<Instant> moment) {
        reached = lsn.compareTo(reached) > 0 ? lsn : reached;
        upTo = moment.or(() -> upTo);
        ObjectNode data = Journal.object().put("slot", slot).put("lsn", reached.asString());
        upTo.ifPresent(time -> data.put("upTo", time.toString()));
        last.ifPresent(commit -> data.put("commit", commit.end().asString())
                .put("committed", commit.time().toString()));
        journal.append(EntryKind.CONFIRMED, data.put("first", true));
    }
}
