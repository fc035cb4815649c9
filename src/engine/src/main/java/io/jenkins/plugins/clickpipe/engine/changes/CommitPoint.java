package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Where a transaction ended.
 *
 * @param lsn behind its commit record: what may be confirmed once it is applied
 * @param time when it was committed, by the source's clock
 */
public record CommitPoint(LogSequenceNumber lsn, Instant time) {
    public CommitPoint {
        requireNonNull(lsn);
        requireNonNull(time);
    }
}
