package io.jenkins.plugins.clickpipe.engine.journal;

/** What a journal entry says. The names are stored: they are never renamed. */
public enum EntryKind {
    /**
     * {@code {"pipe": "<UUID>", "system": "...", "database": "...", "databaseOid": 16384, "timeline": 1, "journal":
     * "<UUID>", "owner": "..."}}: which pipe this is, by the identities of its source and of its journal's table, and whom
     * it is for, where a pipe file has told. One that names another
     * source leaves the slots and the publication of the one before behind.
     */
    IDENTITY,
    /** The pipe definition a run works with, without secrets. */
    SETTINGS,
    /**
     * {@code {"status": "...", "reason": "...", "request": "...", "by": "..."}}; {@code request} is the run whose
     * {@code PAUSE_REQUESTED} it answers, {@code by} who has resumed the pipe.
     */
    STATUS,
    /**
     * {@code {"slot": "...", "temporary": true}}, written before the slot is created, so that a crash leaves none
     * unknown; a temporary one serves a resync of a part of the tables and never becomes the pipe's own.
     */
    SLOT_PLANNED,
    /** {@code {"slot": "...", "lsn": "0/..."}}: it stands, with this consistent point; it never has an earlier position. */
    SLOT_CREATED,
    /** {@code {"slot": "..."}}. */
    SLOT_DROPPED,
    /** {@code {"publication": "...", "ours": true, "publicationOid": 16400}}; entries of older versions have no OID. */
    PUBLICATION,
    /**
     * {@code {"oid": 16400, "version": "769", "tables": {"16384": ["table 16401"]}}}: the publication as it was when it
     * was last found to publish what the pipe needs, see {@code PublicationState}.
     */
    PUBLISHED,
    /** {@code {"lsn": "0/..."}}: the consistent point of the snapshot; its rows have the version just below. */
    BASELINE,
    STATISTICS_CLEARED,
    /** {@code {"table": "..._resync", "uuid": "..."}}: a table this run has made. */
    RESYNC_TABLE,
    /**
     * {@code {"source": "public.orders", "columns": {"id": {"number": 1, "typeOid": 20, "type": "Int64"}, ...},
     * "lastNumber": 3, "identity": ["id"], "sortingKey": ["id"], "resync": true, "startsAt": "0/..."}}: what a
     * destination table was made from; with {@code resync}, what its {@code _resync} table was made from, which counts
     * from the swap on; with {@code startsAt}, that table was loaded later than the others and holds all changes up to there.
     */
    STRUCTURE,
    /** {@code {"uuid": "..."}}: the destination table that changes go to, where no swap of the pipe has put it. */
    DESTINATION_TABLE,
    /** The pipe file no longer names a table; what was known of it counts no more. */
    TABLE_REMOVED,
    /** {@code {"reason": "..."}}: changes of a destination table's source are left out until it is loaded again. */
    TABLE_STOPPED,
    /** {@code {"orders": [0, 1, ...]}}: partitions by table that the destination has accepted. */
    PARTITIONS_DONE,
    /** The final load statistics. */
    STATISTICS,
    /**
     * {@code {"kind": "swap" | "rollback", "steps": [{"table", "resyncTable", "resyncUuid", "originalUuid",
     * "previousTable", "resyncComment", "originalComment"}], "generation": "...", "keptUntil": "...", "startsAt": "0/...",
     * "by": "..."}}; {@code generation}, {@code keptUntil} and {@code previousTable} when the old tables are kept, {@code startsAt} when
     * the new tables hold all changes up to there and another slot than their own goes on, {@code by} for a rollback.
     */
    SWAP_PLANNED,
    /** {@code {"direction": "forward" | "back"}}: the one way a planned swap goes from here. */
    SWAP_DIRECTION,
    /** {@code {"direction": "forward" | "back"}}: every planned table is in place and the old ones are gone or kept, or all are back. */
    SWAP_DONE,
    /** {@code {"generation": "..."}}: previous tables whose time was over. */
    PREVIOUS_DROPPED,
    /** {@code {"slot": "...", "from": "0/...", "to": "0/...", "partSize": 100000}}: the commits a CDC batch is made of, written before it is applied. */
    BATCH_PLANNED,
    /**
     * {@code {"slot": "...", "lsn": "0/...", "upTo": "...", "commit": "0/...", "committed": "...", "first": true}}: the slot's changes up to here are in the
     * destination, and so is what was committed before {@code upTo} of the source's clock, which entries of the first
     * versions do not tell; {@code commit} and {@code committed} are the end and the time of the last commit that was
     * applied; with {@code first} nothing behind it was confirmed to the server before, so the slot cannot
     * stand behind it either.
     */
    CONFIRMED,
    /** {@code {"until": "..."}}: the run has loaded and verified its tables and waits for a decision about their swap. */
    APPROVAL_AWAITED,
    /** {@code {"run": "...", "approved": true, "by": "..."}}: a request; the first one of a waiting run counts. */
    APPROVAL_DECIDED,
    /** {@code {"by": "..."}}: a request to the running sync; a {@code STATUS} that answers it names its run. */
    PAUSE_REQUESTED,
    /** {@code {"request": "...", "by": "..."}}: a request; the pause that this run asked for counts no more, also where it has begun. */
    PAUSE_WITHDRAWN,
    /** Says nothing; whether every server shows it tells whether reads see what was written. */
    PROBE,
    /** The pipe was dropped: nothing before this counts. */
    DROPPED;

    /** Of these only the latest of each slot counts, and a running pipe writes two a batch. */
    boolean isProgress() {
        return this == BATCH_PLANNED || this == CONFIRMED || this == PROBE;
    }

    /** Tells which destination tables a pipe has. */
    boolean tellsTables() {
        return switch (this) {
            case STATUS,
                    STRUCTURE,
                    DESTINATION_TABLE,
                    TABLE_REMOVED,
                    RESYNC_TABLE,
                    SWAP_PLANNED,
                    SWAP_DIRECTION,
                    SWAP_DONE,
                    PREVIOUS_DROPPED,
                    DROPPED -> true;
            default -> false;
        };
    }

    /** Written without the pipe's lock, by a process that asks something of the one that holds it. */
    public boolean isRequest() {
        return this == APPROVAL_DECIDED || this == PAUSE_REQUESTED || this == PAUSE_WITHDRAWN;
    }
}
