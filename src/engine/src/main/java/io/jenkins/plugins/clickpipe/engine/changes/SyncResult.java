package io.jenkins.plugins.clickpipe.engine.changes;

import java.time.Instant;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * What a sync has done.
 *
 * @param counts changes that the destination has accepted
 * @param confirmed up to where the slot was confirmed; 0/0 when it was not
 * @param committed when the last applied transaction was committed, by the source's clock; empty when none was
 * @param seconds time since it started
 * @param stopped it was stopped before it had caught up or its time was over
 */
public record SyncResult(
        ChangeCounts counts,
        LogSequenceNumber confirmed,
        Optional<Instant> committed,
        double seconds,
        boolean stopped) {
    /** Nothing yet. */
    public static final SyncResult NONE =
            new SyncResult(ChangeCounts.NONE, LogSequenceNumber.INVALID_LSN, Optional.empty(), 0, false);

    /** Together with one that followed it. */
    public SyncResult plus(SyncResult later) {
        return new SyncResult(
                counts.plus(later.counts()),
                later.confirmed().compareTo(confirmed) > 0 ? later.confirmed() : confirmed,
                later.committed().or(this::committed),
                seconds + later.seconds(),
                later.stopped());
    }
}
