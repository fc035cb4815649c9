package io.jenkins.plugins.clickpipe.engine.journal;

/** What a journal entry says. The names are stored: they are never renamed. */
public enum EntryKind {
    /** The pipe definition a run works with, without secrets. */
    SETTINGS,
    /** {@code {"status": "...", "reason": "..."}}. */
    STATUS,
    /** {@code {"slot": "..."}}, written before the slot is created, so that a crash leaves none unknown. */
    SLOT_PLANNED,
    /** {@code {"slot": "..."}}. */
    SLOT_DROPPED,
    /** {@code {"publication": "...", "ours": true}}. */
    PUBLICATION,
    /** {@code {"lsn": "0/..."}}: the version of the snapshot's rows. */
    BASELINE,
    STATISTICS_CLEARED,
    /** {@code {"table": "..._resync", "uuid": "..."}}: a table this run has made. */
    RESYNC_TABLE,
    /** {@code {"columns": {"id": {"typeOid": 20, "type": "Int64"}, ...}}}: what a destination table was made from. */
    STRUCTURE,
    /** {@code {"partitions": [0, 1, ...]}} of one table, accepted by the destination. */
    PARTITIONS_DONE,
    /** The final load statistics. */
    STATISTICS,
    /**
     * {@code {"kind": "swap" | "rollback", "steps": [{"table", "resyncTable", "resyncUuid", "originalUuid",
     * "previousTable", "resyncComment", "originalComment"}], "generation": "...", "keptUntil": "..."}}; the last two
     * and {@code previousTable} when the old tables are kept.
     */
    SWAP_PLANNED,
    /** {@code {"direction": "forward" | "back"}}: the one way a planned swap goes from here. */
    SWAP_DIRECTION,
    /** {@code {"direction": "forward" | "back"}}: every planned table is in place and the old ones are gone or kept, or all are back. */
    SWAP_DONE,
    /** {@code {"generation": "..."}}: previous tables whose time was over. */
    PREVIOUS_DROPPED,
    /** {@code {"from": "0/...", "to": "0/...", "partSize": 100000}}: the commits a CDC batch is made of, written before it is applied. */
    BATCH_PLANNED,
    /** {@code {"lsn": "0/..."}}: changes up to here are in the destination. */
    CONFIRMED,
    /** The pipe was dropped: nothing before this counts. */
    DROPPED
}
