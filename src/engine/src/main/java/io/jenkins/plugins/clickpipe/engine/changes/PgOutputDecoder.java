package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.Message.Column;
import io.jenkins.plugins.clickpipe.engine.changes.Message.OldTuple;
import io.jenkins.plugins.clickpipe.engine.changes.Message.ReplicaIdentity;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Reads the messages of pgoutput, protocol versions 1 to 4 with values as text (PostgreSQL documentation, 55.9 Logical
 * Replication Message Formats). It keeps no state: what a relation id stands for, and which transaction is being
 * streamed, is its caller's business.
 */
public final class PgOutputDecoder {
    /** Times are microseconds since then. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private PgOutputDecoder() {}

    /**
     * Reads one message; numbers are big-endian. Values are parts of the array behind it, which is not copied.
     *
     * @param bytes has an array
     * @throws EngineException when the bytes are no such message
     */
    public static Message decode(ByteBuffer bytes) {
        try {
            char tag = (char) bytes.get();
            return switch (tag) {
                case 'B' -> new Message.Begin(lsn(bytes), time(bytes), unsigned(bytes));
                case 'C' -> commit(bytes);
                case 'O' -> new Message.Origin(lsn(bytes), string(bytes));
                case 'R' -> relation(bytes);
                case 'Y' -> new Message.Type(unsigned(bytes), string(bytes), string(bytes));
                case 'I' -> insert(bytes);
                case 'U' -> update(bytes);
                case 'D' -> new Message.Delete(unsigned(bytes), oldTuple((char) bytes.get(), bytes));
                case 'T' -> truncate(bytes);
                case 'S' -> new Message.StreamStart(unsigned(bytes), bytes.get() == 1);
                case 'E' -> new Message.StreamStop();
                case 'c' -> streamCommit(bytes);
                case 'A' -> streamAbort(bytes);
                case 'b' ->
                    new Message.BeginPrepare(lsn(bytes), lsn(bytes), time(bytes), unsigned(bytes), string(bytes));
                case 'P' ->
                    new Message.Prepare(lsn(flagged(bytes)), lsn(bytes), time(bytes), unsigned(bytes), string(bytes));
                case 'p' ->
                    new Message.StreamPrepare(
                            lsn(flagged(bytes)), lsn(bytes), time(bytes), unsigned(bytes), string(bytes));
                case 'K' ->
                    new Message.CommitPrepared(
                            lsn(flagged(bytes)), lsn(bytes), time(bytes), unsigned(bytes), string(bytes));
                case 'r' ->
                    new Message.RollbackPrepared(
                            lsn(flagged(bytes)), lsn(bytes), time(bytes), time(bytes), unsigned(bytes), string(bytes));
                case 'M' -> new Message.Emitted((bytes.get() & 1) != 0, lsn(bytes), string(bytes));
                default -> throw malformed("the message type '" + tag + "'");
            };
        } catch (BufferUnderflowException e) {
            throw tooShort(e);
        }
    }

    /** The message is about a transaction that comes before it is committed, or tells how one ended. */
    static boolean isAboutUncommitted(ByteBuffer bytes) {
        return bytes.hasRemaining()
                && switch ((char) bytes.get(bytes.position())) {
                    case 'S', 'E', 'c', 'A', 'b', 'P', 'p', 'K', 'r' -> true;
                    default -> false;
                };
    }

    /**
     * Takes the id of the transaction or subtransaction out of a message between {@link Message.StreamStart} and
     * {@link Message.StreamStop}, where it follows the type; without it the message is as in version 1.
     *
     * @return it; what remains of {@code bytes} is the message
     */
    static long takeStreamedXid(ByteBuffer bytes) {
        int start = bytes.position();
        byte tag = bytes.get(start);
        if (tag == 'O') {
            return 0;
        }
        if (bytes.remaining() < 1 + Integer.BYTES) {
            throw tooShort(new BufferUnderflowException());
        }
        long xid = Integer.toUnsignedLong(bytes.getInt(start + 1));
        bytes.put(start + Integer.BYTES, tag);
        bytes.position(start + Integer.BYTES);
        return xid;
    }

    private static Message streamCommit(ByteBuffer bytes) {
        long xid = unsigned(bytes);
        return new Message.StreamCommit(xid, lsn(flagged(bytes)), lsn(bytes), time(bytes));
    }

    private static Message streamAbort(ByteBuffer bytes) {
        long xid = unsigned(bytes);
        long subXid = unsigned(bytes);
        return new Message.StreamAbort(
                xid,
                subXid,
                bytes.hasRemaining() ? Optional.of(new Message.Rollback(lsn(bytes), time(bytes))) : Optional.empty());
    }

    private static Message commit(ByteBuffer bytes) {
        return new Message.Commit(lsn(flagged(bytes)), lsn(bytes), time(bytes));
    }

    /** Behind a byte of flags, of which no version uses any. */
    private static ByteBuffer flagged(ByteBuffer bytes) {
        bytes.get();
        return bytes;
    }

    private static Message relation(ByteBuffer bytes) {
        long id = unsigned(bytes);
        // pg_catalog is sent as an empty string.
        String schema = string(bytes);
        String name = string(bytes);
        char letter = (char) bytes.get();
        ReplicaIdentity identity =
                switch (letter) {
                    case 'd' -> ReplicaIdentity.DEFAULT;
                    case 'f' -> ReplicaIdentity.FULL;
                    case 'i' -> ReplicaIdentity.INDEX;
                    case 'n' -> ReplicaIdentity.NOTHING;
                    default -> throw malformed("the replica identity '" + letter + "'");
                };
        int count = bytes.getShort();
        List<Column> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            boolean inKey = (bytes.get() & 1) != 0;
            columns.add(new Column(string(bytes), inKey, unsigned(bytes), bytes.getInt()));
        }
        return new Message.Relation(id, schema.isEmpty() ? "pg_catalog" : schema, name, identity, columns);
    }

    private static Message insert(ByteBuffer bytes) {
        long relation = unsigned(bytes);
        expectNewTuple((char) bytes.get());
        return new Message.Insert(relation, tuple(bytes));
    }

    private static Message update(ByteBuffer bytes) {
        long relation = unsigned(bytes);
        char kind = (char) bytes.get();
        Optional<OldTuple> old = Optional.empty();
        if (kind != 'N') {
            old = Optional.of(oldTuple(kind, bytes));
            kind = (char) bytes.get();
        }
        expectNewTuple(kind);
        return new Message.Update(relation, old, tuple(bytes));
    }

    private static Message truncate(ByteBuffer bytes) {
        int count = bytes.getInt();
        byte options = bytes.get();
        List<Long> relations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            relations.add(unsigned(bytes));
        }
        return new Message.Truncate(relations, (options & 1) != 0, (options & 2) != 0);
    }

    private static OldTuple oldTuple(char kind, ByteBuffer bytes) {
        if (kind != 'K' && kind != 'O') {
            throw malformed("the tuple kind '" + kind + "'");
        }
        return new OldTuple(kind == 'O', tuple(bytes));
    }

    private static void expectNewTuple(char kind) {
        if (kind != 'N') {
            throw malformed("the tuple kind '" + kind + "'");
        }
    }

    private static List<Value> tuple(ByteBuffer bytes) {
        Value[] values = new Value[bytes.getShort()];
        for (int i = 0; i < values.length; i++) {
            char kind = (char) bytes.get();
            values[i] = switch (kind) {
                case 'n' -> Value.NULL;
                case 'u' -> Value.MISSING;
                case 't' -> text(bytes);
                case 'b' -> throw malformed("a binary value, although text was asked for");
                default -> throw malformed("the value kind '" + kind + "'");
            };
        }
        return List.of(values);
    }

    private static Value text(ByteBuffer bytes) {
        int length = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        int from = bytes.position();
        bytes.position(from + length);
        return new Value.Text(bytes.array(), bytes.arrayOffset() + from, bytes.arrayOffset() + from + length);
    }

    private static LogSequenceNumber lsn(ByteBuffer bytes) {
        return LogSequenceNumber.valueOf(bytes.getLong());
    }

    private static Instant time(ByteBuffer bytes) {
        return EPOCH.plus(bytes.getLong(), ChronoUnit.MICROS);
    }

    private static long unsigned(ByteBuffer bytes) {
        return Integer.toUnsignedLong(bytes.getInt());
    }

    private static String string(ByteBuffer bytes) {
        int start = bytes.position();
        int end = start;
        while (bytes.get(checked(end, bytes)) != 0) {
            end++;
        }
        byte[] text = new byte[end - start];
        bytes.get(text);
        bytes.get();
        return new String(text, StandardCharsets.UTF_8);
    }

    private static int checked(int index, ByteBuffer bytes) {
        if (index >= bytes.limit()) {
            throw new BufferUnderflowException();
        }
        return index;
    }

    private static EngineException tooShort(BufferUnderflowException e) {
        return new EngineException("PostgreSQL sent a replication message that ends too early.", e);
    }

    private static EngineException malformed(String what) {
        return new EngineException("PostgreSQL sent " + what + " in its replication stream, which this version does not"
                + " know. Check that the server is PostgreSQL 12 to 18.");
    }
}
