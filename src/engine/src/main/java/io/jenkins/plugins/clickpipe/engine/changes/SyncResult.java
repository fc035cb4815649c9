package io.jenkins.plugins.clickpipe.engine.changes;

import org.postgresql.replication.LogSequenceNumber;

/**
 * What a sync has done.
 *
 * @param counts changes that the destination has accepted
 * @param confirmed up to where the slot was confirmed; 0/0 when it was not
 * @param seconds time since it started
 * @param stopped it was stopped before it had caught up or its time was over
 */
public record SyncResult(ChangeCounts counts, LogSequenceNumber confirmed, double seconds, boolean stopped) {}
