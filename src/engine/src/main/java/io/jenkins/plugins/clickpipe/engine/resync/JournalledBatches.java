package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.changes.BatchLog;
import io.jenkins.plugins.clickpipe.engine.changes.CommitPoint;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/** Batches of one slot, planned and confirmed in the pipe's journal. */
final class JournalledBatches implements BatchLog {
    private final Journal journal;
    private final String slot;

    JournalledBatches(Journal journal, String slot) {
        this.journal = Objects.requireNonNull(journal);
        this.slot = Objects.requireNonNull(slot);
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
    public void applied(CommitPoint end) {
        confirmed(end.lsn(), end.time());
    }

    /**
     * Stores that everything up to a position is in the destination.
     *
     * @param upTo of the source's clock: what was committed before it is among that
     */
    void confirmed(LogSequenceNumber lsn, Instant upTo) {
        journal.append(
                EntryKind.CONFIRMED,
                Journal.object().put("slot", slot).put("lsn", lsn.asString()).put("upTo", upTo.toString()));
    }
}
