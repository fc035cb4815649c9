package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a slot, applies its changes and confirms them, in that order. While a batch is applied the next one is read. A
 * sync that stops or fails in between leaves the slot where the destination is; the next one goes on from there. One
 * thread uses it, for one call.
 */
public final class Sync {
    private static final Logger LOG = LoggerFactory.getLogger(Sync.class);
    private static final Duration POLL = Duration.ofMillis(200);
    /** So soon the end of a batch is noticed, and the server asked how far it is, when it sends nothing. */
    private static final Duration SHORT_POLL = Duration.ofMillis(10);
    /** A batch of this share of the largest does not wait for more while nothing is being applied. */
    private static final int SHARE = 4;
    /** So often a stream without changes for the pipe is confirmed: it holds back that much WAL, and journals as much. */
    private static final Duration IDLE_INTERVAL = Duration.ofSeconds(10);
    /** How long the server may send neither a change nor a new position before a catch-up fails. */
    private static final Duration SILENCE_LIMIT = Duration.ofMinutes(10);

    private final ReplicationStream stream;
    private final RelationMap tables;
    private final Duration interval;
    private final BooleanSupplier stopped;
    private final Consumer<SyncResult> progress;
    private final ApplierThread applier;
    private final TransactionBuffer buffer;
    private final TransactionStream transactions;
    private final BatchLog log;
    private final int enough;
    private final long started = System.nanoTime();
    private boolean isStopped;
    private ChangeCounts counts = ChangeCounts.NONE;
    private Optional<Instant> committed = Optional.empty();
    /** All that committed before it has been handed over to the applier. */
    private LogSequenceNumber handedOver = LogSequenceNumber.INVALID_LSN;
    /** What may be confirmed once the source was looked at. */
    private LogSequenceNumber applied = LogSequenceNumber.INVALID_LSN;

    /** Up to where the log knows that it is applied. */
    private LogSequenceNumber logged = LogSequenceNumber.INVALID_LSN;

    private long idleSince = System.nanoTime() - IDLE_INTERVAL.toNanos();

    /**
     * @param run names the pipe's run in deduplication tokens; the same for as long as its slot lives
     * @param pullBatchSize changes of a batch at most, at least 1
     * @param interval between two cycles
     * @param spill takes the transactions that the source sends while they are open
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
            SpillSpace spill,
            BooleanSupplier stopped,
            Consumer<SyncResult> progress) {
        this.stream = requireNonNull(stream);
        this.tables = requireNonNull(tables);
        this.interval = requireNonNull(interval);
        this.stopped = requireNonNull(stopped);
        this.progress = requireNonNull(progress);
        this.applier = new ApplierThread(new ChangeApplier(run, destination, source, log)::apply, this::applied);
        this.buffer = new TransactionBuffer(pullBatchSize, log.pending(), applier::submit);
        this.log = log;
        this.enough = Math.max(1, pullBatchSize / SHARE);
        this.transactions = new TransactionStream(new ChangeReader(tables, buffer), spill, this::isStopped);
    }

    /**
     * One cycle: applies every transaction that committed before a WAL position.
     *
     * @param target see {@link WalEnd#now}
     */
    public SyncResult runOnce(LogSequenceNumber target) {
        return run(() -> {
            LogSequenceNumber before = stream.position();
            long silentSince = System.nanoTime();
            while (!isStopped() && !caughtUpWith(target)) {
                boolean received = readOne(SHORT_POLL);
                if (received || !stream.position().equals(before)) {
                    before = stream.position();
                    silentSince = System.nanoTime();
                } else {
                    stream.askForPosition();
                    refuseSilence(silentSince, target);
                }
            }
        });
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
        return run(() -> {
            Duration quiet = POLL;
            long due = System.nanoTime();
            while (!isStopped() && !over.getAsBoolean()) {
                long late = System.nanoTime() - due;
                boolean received = readOne(late >= 0 ? quiet : applier.isIdle() ? shorter(-late) : SHORT_POLL);
                // A cycle waits until everything is read that is there, but not longer than another interval.
                if (late >= 0 && applier.isIdle() && (!received || late >= interval.toNanos())) {
                    due = System.nanoTime() + interval.toNanos();
                    drain();
                    if (applier.isIdle()) {
                        progress.accept(result());
                    }
                    // Only what is there at the beginning needs time to come.
                    quiet = Duration.ZERO;
                }
            }
        });
    }

    private static Duration shorter(long nanos) {
        return nanos < POLL.toNanos() ? Duration.ofNanos(nanos) : POLL;
    }

    private SyncResult run(Runnable reading) {
        try (applier;
                transactions;
                Heartbeat heartbeat = new Heartbeat(stream)) {
            heartbeat.start();
            try {
                reading.run();
                if (!isStopped()) {
                    drain();
                }
            } catch (RuntimeException e) {
                settle(e);
                throw e;
            }
            applier.await();
            reachedIdle(Duration.ZERO);
            confirm(true);
            return result();
        }
    }

    /** What is being applied has nothing to do with a fault of the reading. */
    private void settle(RuntimeException fault) {
        try {
            applier.await();
        } catch (RuntimeException e) {
            if (e != fault) {
                fault.addSuppressed(e);
            }
        }
    }

    private boolean readOne(Duration wait) {
        Optional<ByteBuffer> received = stream.next(wait);
        received.ifPresent(transactions::accept);
        applier.listen();
        confirm(false);
        if (applier.isIdle()) {
            buffer.drainIfAtLeast(enough);
        }
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

    /** Once stopped it stays so: a transaction may have been left in its middle. */
    private boolean isStopped() {
        isStopped =
                isStopped || stopped.getAsBoolean() || Thread.currentThread().isInterrupted();
        return isStopped;
    }

    private void drain() {
        LogSequenceNumber position = stream.position();
        buffer.drain(position);
        if (buffer.isEmpty()) {
            // Nothing before this position waits to be applied, so an idle pipe holds back no WAL either.
            handedOver = position;
            if (applier.isIdle()) {
                reachedIdle(IDLE_INTERVAL);
                confirm(true);
            }
        }
    }

    private void applied(ChangeBatch batch, ChangeCounts ofBatch) {
        counts = counts.plus(ofBatch);
        batch.end().ifPresent(end -> {
            committed = Optional.of(end.time());
            reached(end.lsn());
            logged = applied;
        });
        reachedIdle(IDLE_INTERVAL);
        confirm(false);
        LOG.debug("applied {} changes, confirmed {}", batch.changes().size(), stream.confirmed());
        progress.accept(result());
    }

    private void reachedIdle(Duration interval) {
        if (handedOver.compareTo(applied) > 0 && System.nanoTime() - idleSince >= interval.toNanos()) {
            reached(handedOver);
            idleSince = System.nanoTime();
        }
    }

    private void reached(LogSequenceNumber lsn) {
        applied = lsn.compareTo(applied) > 0 ? lsn : applied;
    }

    /**
     * Confirms what is applied, behind a look at the source that found it as it was. The slot never stands behind what the
     * log says: otherwise somebody else has moved it.
     */
    private void confirm(boolean now) {
        if (applied.compareTo(stream.confirmed()) > 0 && tables.verify(now)) {
            if (applied.compareTo(logged) > 0) {
                log.idle(applied);
                logged = applied;
            }
            stream.confirm(applied);
        }
    }

    private SyncResult result() {
        return new SyncResult(counts, stream.confirmed(), committed, (System.nanoTime() - started) / 1e9, isStopped());
    }
}
