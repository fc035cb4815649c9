package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Whether a slot still sends a commit that was applied before. After a crash PostgreSQL may have forgotten what was
 * confirmed last, and a server that was restored from an older copy has too; the first has that commit at its place in
 * the WAL, with its time, the second has something else there.
 */
public final class CommitWitness {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration SILENCE_LIMIT = Duration.ofMinutes(10);
    /** PostgreSQL's epoch (PostgreSQL documentation, 55.9 Logical Replication Message Formats). */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final ReplicationStream stream;
    private final BooleanSupplier stopped;

    /**
     * @param stream begins where the slot stands and sends transactions at their ends; it is not confirmed
     * @param stopped asked several times a second
     */
    public CommitWitness(ReplicationStream stream, BooleanSupplier stopped) {
        this.stream = Objects.requireNonNull(stream);
        this.stopped = Objects.requireNonNull(stopped);
    }

    /** Reads up to where the commit must be; true as well where it was stopped before. */
    public boolean sees(CommitPoint commit) {
        long silentSince = System.nanoTime();
        LogSequenceNumber position = stream.position();
        boolean inTransaction = false;
        while (!stopped.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
            Optional<ByteBuffer> received = stream.next(POLL);
            if (received.isPresent()) {
                ByteBuffer message = received.get();
                char kind = (char) message.get(message.position());
                inTransaction = kind == 'B' || inTransaction && kind != 'C';
                if (kind == 'C') {
                    LogSequenceNumber end = LogSequenceNumber.valueOf(message.getLong(message.position() + 10));
                    if (end.equals(commit.lsn())) {
                        return EPOCH.plus(message.getLong(message.position() + 18), ChronoUnit.MICROS)
                                .equals(commit.time());
                    }
                    if (end.compareTo(commit.lsn()) > 0) {
                        return false;
                    }
                }
            } else if (!inTransaction && stream.position().compareTo(commit.lsn()) >= 0) {
                return false;
            } else {
                stream.askForPosition();
            }
            if (received.isPresent() || !stream.position().equals(position)) {
                position = stream.position();
                silentSince = System.nanoTime();
            } else if (System.nanoTime() - silentSince > SILENCE_LIMIT.toNanos()) {
                throw new EngineException("PostgreSQL sent nothing for " + SILENCE_LIMIT.toMinutes()
                        + " minutes, though the slot has not reached "
                        + commit.lsn().asString() + ". Look at pg_stat_replication and the server's log, then run the"
                        + " command again.");
            }
        }
        return true;
    }
}
