package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.changes.ChangeCounts;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.changes.WalEnd;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.Slot;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a sync tells: batches to the log, progress and lag to events, and to the journal how far an idle pipe is. */
final class SyncReport {
    private static final Logger LOG = LoggerFactory.getLogger(SyncReport.class);
    /**
     * Batches journal how far they come; without any, one entry in so long says that there was nothing to apply, and
     * one at the end of a sync, from which on the source may write for others.
     */
    private static final Duration IDLE_INTERVAL = Duration.ofMinutes(1);

    private final Workspace workspace;
    private final Connection session;
    private final Journal journal;
    private final String slot;
    private final LagMeter lag;
    private Optional<Instant> journalled;
    private ChangeCounts told = SyncResult.NONE.counts();

    /** @param session an ordinary session of the source */
    SyncReport(Workspace workspace, Connection session, Journal journal, Slot slot) {
        this.workspace = Objects.requireNonNull(workspace);
        this.session = Objects.requireNonNull(session);
        this.journal = Objects.requireNonNull(journal);
        this.slot = slot.name();
        this.journalled = journal.state().progressOf(slot.name()).upTo();
        this.lag = new LagMeter(journalled);
    }

    /** Where the source's WAL ends now; a sync can reach it. */
    LogSequenceNumber walEnd() {
        WalEnd.Look now = WalEnd.reachable(session);
        lag.see(now);
        return now.walEnd();
    }

    /** A batch was applied, or a cycle is over. */
    void progress(SyncResult result) {
        if (!result.counts().equals(told)) {
            told = result.counts();
            String message = told + ", confirmed " + result.confirmed().asString();
            LOG.info("[Running] {}", message);
            workspace.events().log("INFO", message);
        }
        tell(result, after(IDLE_INTERVAL));
    }

    void ended(SyncResult result) {
        tell(result, after(Duration.ZERO));
    }

    /** Moments later than the last one that was journalled by so much. */
    private Predicate<Instant> after(Duration interval) {
        return moment -> journalled.isEmpty() || moment.isAfter(journalled.get().plus(interval));
    }

    /** @param due whether a moment up to which everything is in the destination is worth an entry */
    private void tell(SyncResult result, Predicate<Instant> due) {
        LogSequenceNumber confirmed = result.confirmed();
        Optional<Lag> now = confirmed.equals(LogSequenceNumber.INVALID_LSN)
                ? Optional.empty()
                : Optional.of(lag.measure(WalEnd.look(session), confirmed, result.committed()));
        workspace
                .events()
                .sync(
                        result.counts(),
                        confirmed.asString(),
                        now.map(Lag::bytes),
                        now.flatMap(Lag::seconds),
                        result.seconds());
        journalled = later(journalled, result.committed());
        lag.upTo().filter(moment -> now.isPresent()).filter(due).ifPresent(moment -> {
            new JournalledBatches(journal, slot).confirmed(confirmed, moment);
            journalled = Optional.of(moment);
        });
    }

    private static Optional<Instant> later(Optional<Instant> one, Optional<Instant> other) {
        return other.filter(moment -> one.isEmpty() || moment.isAfter(one.get()))
                .or(() -> one);
    }
}
