package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicationStream.Received;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a slot, applies its changes and confirms them, in that order. A sync that stops or fails in between leaves
 * the slot where the destination is; the next one goes on from there. One thread uses it, for one call.
 */
public final class Sync {
    private static final Logger LOG = LoggerFactory.getLogger(Sync.class);
    private static final Duration POLL = Duration.ofMillis(200);
    /** How long the server may send neither a change nor a new position before a catch-up fails. */
    private static final Duration SILENCE_LIMIT = Duration.ofMinutes(10);

    private final ReplicationStream stream;
    private final Duration interval;
    private final BooleanSupplier stopped;
    private final Consumer<SyncResult> progress;
    private final ChangeApplier applier;
    private final TransactionBuffer buffer;
    private final ChangeReader reader;
    private final long started = System.nanoTime();
    private ChangeCounts counts = ChangeCounts.NONE;
    private Optional<Instant> committed = Optional.empty();

    /**
     * @param run names the pipe's run in deduplication tokens; the same for as long as its slot lives
     * @param pullBatchSize changes of a batch at most, at least 1
     * @param interval between two cycles
     * @param stopped asked several times a second; an interrupt of the thread stops too
     * @param progress hears the totals so far after each batch, and after each cycle
     */
    public Sync(
            String run,
            ReplicationStream stream,
            RelationMap tables,
            Destination destination,
            SourceRows source,
            BatchLog log,
            int pullBatchSize,
            Duration interval,
            BooleanSupplier stopped,
            Consumer<SyncResult> progress) {
        this.stream = requireNonNull(stream);
        this.interval = requireNonNull(interval);
        this.stopped = requireNonNull(stopped);
        this.progress = requireNonNull(progress);
        this.applier = new ChangeApplier(run, destination, source, log);
        this.buffer = new TransactionBuffer(pullBatchSize, log.pending(), this::apply);
        this.reader = new ChangeReader(tables, buffer);
    }

    /**
     * One cycle: applies every transaction that committed before a WAL position.
     *
     * @param target see {@link WalEnd#now}
     */
    public SyncResult runOnce(LogSequenceNumber target) {
        try (Heartbeat heartbeat = new Heartbeat(stream)) {
            heartbeat.start();
            LogSequenceNumber before = stream.position();
            long silentSince = System.nanoTime();
            while (!isStopped() && !caughtUpWith(target)) {
                boolean received = readOne();
                if (received || !stream.position().equals(before)) {
                    before = stream.position();
                    silentSince = System.nanoTime();
                } else {
                    stream.askForPosition();
                    refuseSilence(silentSince, target);
                }
            }
            drainUnlessStopped();
            return result();
        }
    }

    /** Cycles until the time is over: the first at once, then one each interval. */
    public SyncResult runFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        return runUntil(() -> System.nanoTime() - end >= 0);
    }

    /** Cycles until stopped. */
    public SyncResult runUntilStopped() {
        return runUntil(() -> false);
    }

    private SyncResult runUntil(BooleanSupplier over) {
        try (Heartbeat heartbeat = new Heartbeat(stream)) {
            heartbeat.start();
            long due = System.nanoTime();
            while (!isStopped() && !over.getAsBoolean()) {
                boolean received = readOne();
                long late = System.nanoTime() - due;
                // A cycle waits for a quiet moment, but not longer than another interval.
                if (late >= interval.toNanos() || (late >= 0 && !received)) {
                    drain();
                    progress.accept(result());
                    due = System.nanoTime() + interval.toNanos();
                }
            }
            drainUnlessStopped();
            return result();
        }
    }

    private boolean readOne() {
        Optional<Received> received = stream.next(POLL);
        received.ifPresent(message -> {
            int bytes = message.payload().remaining();
            reader.accept(PgOutputDecoder.decode(message.payload()), message.lsn(), bytes);
        });
        return received.isPresent();
    }

    private boolean caughtUpWith(LogSequenceNumber target) {
        return !buffer.inTransaction() && stream.caughtUpWith(target);
    }

    private void refuseSilence(long since, LogSequenceNumber target) {
        if (System.nanoTime() - since > SILENCE_LIMIT.toNanos()) {
            throw new EngineException("PostgreSQL sent nothing for " + SILENCE_LIMIT.toMinutes()
                    + " minutes, though the slot has not reached " + target.asString()
                    + ". Look at pg_stat_replication and the server's log, then run the command again.");
        }
    }

    private boolean isStopped() {
        return stopped.getAsBoolean() || Thread.currentThread().isInterrupted();
    }

    private void drainUnlessStopped() {
        if (!isStopped()) {
            drain();
        }
    }

    private void drain() {
        LogSequenceNumber position = stream.position();
        buffer.drain(position);
        if (buffer.isEmpty()) {
            // Nothing before this position waits to be applied, so an idle pipe holds back no WAL either.
            stream.confirm(position);
        }
    }

    private void apply(ChangeBatch batch) {
        counts = counts.plus(applier.apply(batch));
        batch.end().ifPresent(this::confirm);
        LOG.debug("applied {} changes, confirmed {}", batch.changes().size(), stream.confirmed());
        progress.accept(result());
    }

    private void confirm(CommitPoint end) {
        committed = Optional.of(end.time());
        stream.confirm(end.lsn());
    }

    private SyncResult result() {
        return new SyncResult(counts, stream.confirmed(), committed, (System.nanoTime() - started) / 1e9, isStopped());
    }
}
