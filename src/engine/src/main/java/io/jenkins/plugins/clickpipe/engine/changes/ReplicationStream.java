package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import org.postgresql.replication.fluent.logical.ChainedLogicalStreamBuilder;

/**
 * The committed changes of a logical replication slot. One thread reads; any other may send {@link #heartbeat()}.
 *
 * <p>Nothing is confirmed but by {@link #confirm}: the driver's own confirmation of keepalive positions is off. The
 * connection stays its caller's, whose {@code close()} of it ends the stream at once; ending it by the protocol would
 * read a large transaction to its end first.
 */
public final class ReplicationStream {
    /** Longer than the 60 s after which the server by default notices that a reader is gone. */
    private static final Duration SLOT_BUSY_LIMIT = Duration.ofSeconds(90);

    /** Between two looks for a message: twice as long each time. */
    private static final Duration SHORTEST_PAUSE = Duration.ofNanos(200_000);

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(10);
    private static final Duration ASK_INTERVAL = Duration.ofMillis(50);
    /** PostgreSQL's wal_sender_timeout is 60 s unless set. */
    private static final int STATUS_SECONDS = 5;

    private final PGReplicationStream stream;
    private final String slot;
    private LogSequenceNumber position = LogSequenceNumber.INVALID_LSN;
    private LogSequenceNumber confirmed = LogSequenceNumber.INVALID_LSN;
    private long lastAsked = System.nanoTime() - ASK_INTERVAL.toNanos();

    private ReplicationStream(PGReplicationStream stream, String slot) {
        this.stream = stream;
        this.slot = slot;
    }

    /**
     * Starts to read a slot by the newest protocol that the server speaks. Prepared transactions come at COMMIT PREPARED,
     * since the slot is made without {@code two_phase}, and so it is not asked for here.
     *
     * @param connection speaks the replication protocol, see {@code SourceDatabase.connectForReplication}
     * @param start transactions that end before it are left out, as those before the slot's confirmed position are
     * @param early true takes the changes of large transactions before they end, where the server offers it; it keeps
     *     them otherwise
     * @throws EngineException when the slot is invalidated, is missing, or stays in use for 90 s or until the thread is
     *     interrupted
     */
    public static ReplicationStream open(
            Connection connection, String slot, String publication, LogSequenceNumber start, boolean early) {
        requireNonNull(slot);
        long giveUp = System.nanoTime() + SLOT_BUSY_LIMIT.toNanos();
        while (true) {
            try {
                return new ReplicationStream(start(connection, slot, publication, start, early), slot);
            } catch (SQLException e) {
                // 55006 object_in_use: the server has not noticed yet that the last reader is gone.
                if (!"55006".equals(e.getSQLState())
                        || System.nanoTime() > giveUp
                        || Thread.currentThread().isInterrupted()) {
                    throw refused(slot, e);
                }
                pause(Duration.ofMillis(500));
            }
        }
    }

    private static PGReplicationStream start(
            Connection connection, String slot, String publication, LogSequenceNumber start, boolean early)
            throws SQLException {
        Protocol protocol = Protocol.of(connection.getMetaData().getDatabaseMajorVersion());
        ChainedLogicalStreamBuilder builder = connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withSlotOption("publication_names", quoted(publication))
                .withStartPosition(start)
                .withStatusInterval(STATUS_SECONDS, TimeUnit.SECONDS)
                .withAutomaticFlush(false);
        builder.withSlotOption("proto_version", protocol.version());
        if (early && protocol.streaming().isPresent()) {
            builder.withSlotOption("streaming", protocol.streaming().get());
        }
        return builder.start();
    }

    /**
     * What a server speaks (PostgreSQL documentation, 55.5 Logical Streaming Replication Protocol).
     *
     * @param streaming the option's richest value; empty where transactions come at their end alone
     */
    record Protocol(int version, Optional<String> streaming) {
        /** @param server major version */
        static Protocol of(int server) {
            return switch (server) {
                case 10, 11, 12, 13 -> new Protocol(1, Optional.empty());
                case 14 -> new Protocol(2, Optional.of("on"));
                case 15 -> new Protocol(3, Optional.of("on"));
                default -> new Protocol(4, Optional.of("parallel"));
            };
        }
    }

    /** publication_names is a list of identifiers, which the server folds to lower case without quotes. */
    private static String quoted(String publication) {
        return '"' + publication.replace("\"", "\"\"") + '"';
    }

    private static EngineException refused(String slot, SQLException fault) {
        SourceException cause = SourceException.of("starting to read replication slot " + slot, fault);
        return switch (String.valueOf(fault.getSQLState())) {
            case "55006" ->
                new EngineException(
                        cause.getMessage() + ". Another process still reads the slot: stop it, then retry.", cause);
            case "55000" ->
                new EngineException(
                        cause.getMessage() + ". The server has given up the slot or its WAL: run resync.", cause);
            case "42704" ->
                new EngineException(
                        cause.getMessage() + ". Changes since it was dropped are lost to the pipe: run resync.", cause);
            default -> cause;
        };
    }

    /**
     * The next message as pgoutput wrote it; empty when none came in this time.
     *
     * @throws SourceException when the connection broke
     */
    public Optional<ByteBuffer> next(Duration wait) {
        Optional<ByteBuffer> received = poll();
        if (received.isPresent()) {
            return received;
        }
        long end = System.nanoTime() + wait.toNanos();
        Duration pause = SHORTEST_PAUSE;
        while (received.isEmpty()
                && System.nanoTime() - end < 0
                && !Thread.currentThread().isInterrupted()) {
            pause(pause);
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
            received = poll();
        }
        return received;
    }

    private synchronized Optional<ByteBuffer> poll() {
        try {
            ByteBuffer payload = stream.readPending();
            // Right after a read this is where the message's XLogData starts, or what a keepalive said.
            LogSequenceNumber lsn = stream.getLastReceiveLSN();
            if (lsn.compareTo(position) > 0) {
                position = lsn;
            }
            if (payload == null && stream.isClosed()) {
                throw new EngineException("PostgreSQL ended the stream of replication slot " + slot
                        + ". Look into its log, then run the command again.");
            }
            return Optional.ofNullable(payload);
        } catch (SQLException e) {
            throw SourceException.of("reading replication slot " + slot, e);
        }
    }

    /**
     * Up to where the server has sent everything, as far as it said. While a transaction is being received it may lie
     * within it.
     */
    public synchronized LogSequenceNumber position() {
        return position;
    }

    /** Every transaction that committed before a position has been received, as long as none is half received. */
    public synchronized boolean caughtUpWith(LogSequenceNumber target) {
        return position.compareTo(target) >= 0;
    }

    /** Asks the server how far it is; the answer moves {@link #position()} in a later {@link #next}. */
    public synchronized void askForPosition() {
        long now = System.nanoTime();
        if (now - lastAsked >= ASK_INTERVAL.toNanos()) {
            lastAsked = now;
            heartbeat();
        }
    }

    /** Tells the server that this reader lives. */
    public synchronized void heartbeat() {
        try {
            stream.forceUpdateStatus();
        } catch (SQLException e) {
            throw SourceException.of("answering the server of replication slot " + slot, e);
        }
    }

    /** Lets the server forget what lies before a position. Call it after the destination has accepted all of it. */
    public synchronized void confirm(LogSequenceNumber lsn) {
        if (lsn.compareTo(confirmed) > 0) {
            confirmed = lsn;
            stream.setFlushedLSN(lsn);
            stream.setAppliedLSN(lsn);
            heartbeat();
        }
    }

    /** What was confirmed last in this stream; 0/0 before. */
    public synchronized LogSequenceNumber confirmed() {
        return confirmed;
    }

    private static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
