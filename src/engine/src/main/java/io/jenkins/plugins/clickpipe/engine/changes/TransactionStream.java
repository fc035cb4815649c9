package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Makes a stream in which transactions come before they end, piece by piece and among each other, into one of whole
 * committed transactions, in the order of their commits. A message there is as in protocol version 1, so what is made of
 * a transaction does not depend on whether it came before its end.
 */
final class TransactionStream implements AutoCloseable {
    private final ChangeReader reader;
    private final SpillSpace space;
    private final BooleanSupplier stopped;
    private final Map<Long, SpilledTransaction> open = new HashMap<>();
    /** The transaction whose messages are coming. */
    private Optional<SpilledTransaction> streamed = Optional.empty();

    /** @param stopped asked while a long transaction is read to its end */
    TransactionStream(ChangeReader reader, SpillSpace space, BooleanSupplier stopped) {
        this.reader = requireNonNull(reader);
        this.space = requireNonNull(space);
        this.stopped = requireNonNull(stopped);
    }

    /** @param payload may be changed */
    void accept(ByteBuffer payload) {
        if (PgOutputDecoder.isAboutUncommitted(payload)) {
            turn(PgOutputDecoder.decode(payload));
        } else if (streamed.isPresent()) {
            streamed.get().add(PgOutputDecoder.takeStreamedXid(payload), payload);
        } else {
            read(payload);
        }
    }

    private void turn(Message message) {
        if (message instanceof Message.StreamStart start) {
            streamed = Optional.of(open.computeIfAbsent(start.xid(), xid -> new SpilledTransaction(space)));
        } else if (message instanceof Message.StreamStop) {
            streamed = Optional.empty();
        } else if (message instanceof Message.StreamAbort abort) {
            abort(abort);
        } else if (message instanceof Message.StreamCommit commit) {
            commit(commit);
        } else if (message instanceof Message.TwoPhase phase) {
            throw twoPhase(phase);
        }
    }

    private void abort(Message.StreamAbort abort) {
        if (abort.subXid() != abort.xid()) {
            Optional.ofNullable(open.get(abort.xid())).ifPresent(transaction -> transaction.abort(abort.subXid()));
        } else if (open.containsKey(abort.xid())) {
            open.remove(abort.xid()).close();
        }
    }

    private void commit(Message.StreamCommit commit) {
        try (SpilledTransaction transaction = open.remove(commit.xid())) {
            if (transaction == null) {
                throw new EngineException(
                        "PostgreSQL committed transaction " + commit.xid() + " in its stream without having sent it.");
            }
            reader.accept(new Message.Begin(commit.commitLsn(), commit.committed(), commit.xid()), 0);
            transaction.read(message -> {
                read(message);
                return !stopped.getAsBoolean();
            });
            if (!stopped.getAsBoolean()) {
                reader.accept(new Message.Commit(commit.commitLsn(), commit.endLsn(), commit.committed()), 0);
            }
        }
    }

    /**
     * When the slot was set to two_phase, those that waited then come without their changes, and no message tells them
     * from others.
     */
    private static EngineException twoPhase(Message.TwoPhase message) {
        return new EngineException("PostgreSQL sends prepared transactions, as '" + message.gid()
                + "', in two phases, because somebody has set two_phase of the replication slot. Changes of those that"
                + " were prepared before that would be lost. Set it back (PostgreSQL 18: ALTER_REPLICATION_SLOT"
                + " ... (TWO_PHASE false)), then run the command again, or run resync, which makes a new slot.");
    }

    private void read(ByteBuffer message) {
        int bytes = message.remaining();
        reader.accept(PgOutputDecoder.decode(message), bytes);
    }

    @Override
    public void close() {
        open.values().forEach(SpilledTransaction::close);
        open.clear();
    }
}
