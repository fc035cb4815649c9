package io.jenkins.plugins.clickpipe.engine.changes;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A message of the output plugin pgoutput, protocol versions 1 to 4: 2 adds streaming, 3 commits in two phases, 4 where a
 * streamed transaction was rolled back (PostgreSQL documentation, 55.9 Logical Replication Message Formats). Object and
 * transaction ids are unsigned 32-bit numbers in a long.
 */
public sealed interface Message {
    /**
     * A committed transaction begins.
     *
     * @param commitLsn where its commit record starts: names the transaction, rises from one to the next
     * @param xid transaction id
     */
    record Begin(LogSequenceNumber commitLsn, Instant committed, long xid) implements Message {}

    /**
     * The transaction that began last is complete.
     *
     * @param endLsn behind its commit record: what a client confirms when it has applied the transaction
     */
    record Commit(LogSequenceNumber commitLsn, LogSequenceNumber endLsn, Instant committed) implements Message {}

    /** The transaction came to the server by replication from another one. */
    record Origin(LogSequenceNumber originLsn, String name) implements Message {}

    /** How the tuples of a relation look from here on. */
    record Relation(long id, String schema, String name, ReplicaIdentity identity, List<Column> columns)
            implements Message {
        public Relation {
            columns = List.copyOf(columns);
        }

        /** The name for people, for example {@code public.orders}. */
        public String qualifiedName() {
            return schema + "." + name;
        }
    }

    /**
     * A published column.
     *
     * @param inKey part of what names a row in old tuples; every column is with {@code REPLICA IDENTITY FULL}
     */
    record Column(String name, boolean inKey, long typeOid, int typmod) {}

    /** {@code pg_class.relreplident}. */
    enum ReplicaIdentity {
        DEFAULT,
        FULL,
        INDEX,
        NOTHING
    }

    /** A type that is not built in. */
    record Type(long oid, String schema, String name) implements Message {}

    /** A new row. */
    record Insert(long relation, List<Value> row) implements Message {
        public Insert {
            row = List.copyOf(row);
        }
    }

    /** A changed row; the old tuple is there when the key changed or the identity is FULL. */
    record Update(long relation, Optional<OldTuple> old, List<Value> row) implements Message {
        public Update {
            row = List.copyOf(row);
        }
    }

    /** A deleted row. */
    record Delete(long relation, OldTuple old) implements Message {}

    /**
     * A row as it was.
     *
     * @param full every column is known (K against O in the protocol); if not, columns outside the key read NULL
     */
    record OldTuple(boolean full, List<Value> row) {
        public OldTuple {
            row = List.copyOf(row);
        }
    }

    /** Relations that were emptied together. */
    record Truncate(List<Long> relations, boolean cascade, boolean restartIdentity) implements Message {
        public Truncate {
            relations = List.copyOf(relations);
        }
    }

    /** What {@code pg_logical_emit_message} wrote; of no meaning here. */
    record Emitted(boolean transactional, LogSequenceNumber lsn, String prefix) implements Message {}

    /** What follows until {@link StreamStop} are changes of a transaction that has not ended yet. */
    record StreamStart(long xid, boolean first) implements Message {}

    /** The changes of a transaction that has not ended yet pause or are over. */
    record StreamStop() implements Message {}

    /** A transaction that was streamed is committed: as {@link Begin}, all of its changes, and {@link Commit}. */
    record StreamCommit(long xid, LogSequenceNumber commitLsn, LogSequenceNumber endLsn, Instant committed)
            implements Message {}

    /**
     * A transaction that was streamed, or a part of it, was rolled back.
     *
     * @param subXid the subtransaction, whose own ones have messages of their own; the transaction itself for all of it
     * @param rollback where and when it was; empty unless the server was asked for {@code streaming 'parallel'}
     */
    record StreamAbort(long xid, long subXid, Optional<Rollback> rollback) implements Message {}

    /** Where and when changes were rolled back. */
    record Rollback(LogSequenceNumber lsn, Instant time) {}

    /** One of the two phases of a commit, which only a slot with {@code two_phase} sends. */
    sealed interface TwoPhase extends Message {
        /** The name that PREPARE TRANSACTION gave the transaction. */
        String gid();
    }

    /**
     * A transaction begins of which PREPARE TRANSACTION has been done; its changes follow.
     *
     * @param prepareLsn where the record of PREPARE TRANSACTION starts
     * @param endLsn behind that record
     */
    record BeginPrepare(LogSequenceNumber prepareLsn, LogSequenceNumber endLsn, Instant prepared, long xid, String gid)
            implements TwoPhase {}

    /** What {@link BeginPrepare} has begun is complete, and waits for its second phase; positions are as there. */
    record Prepare(LogSequenceNumber prepareLsn, LogSequenceNumber endLsn, Instant prepared, long xid, String gid)
            implements TwoPhase {}

    /** A transaction that was streamed waits for its second phase; positions are as in {@link BeginPrepare}. */
    record StreamPrepare(LogSequenceNumber prepareLsn, LogSequenceNumber endLsn, Instant prepared, long xid, String gid)
            implements TwoPhase {}

    /** COMMIT PREPARED; the changes came before. */
    record CommitPrepared(
            LogSequenceNumber commitLsn, LogSequenceNumber endLsn, Instant committed, long xid, String gid)
            implements TwoPhase {}

    /**
     * ROLLBACK PREPARED. The transaction may have been prepared before the slot was there.
     *
     * @param prepareEndLsn behind the record of PREPARE TRANSACTION
     * @param rollbackEndLsn behind the record of ROLLBACK PREPARED
     */
    record RollbackPrepared(
            LogSequenceNumber prepareEndLsn,
            LogSequenceNumber rollbackEndLsn,
            Instant prepared,
            Instant rolledBack,
            long xid,
            String gid)
            implements TwoPhase {}
}
