package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.changes.BatchLog.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Cuts the stream of committed transactions into batches and hands each over as soon as it is full. A batch is whole
 * transactions of at most {@code limit} changes and {@value #BYTES} bytes of memory together, or one larger transaction, which
 * goes in parts: memory holds at most twice that and one change.
 *
 * <p>A plan that was left over from a crash comes first and ends exactly where it ended then.
 */
final class TransactionBuffer {
    /**
     * Weight of the changes in a batch, and in a part of a large transaction. Parts are cut again at the same places after
     * a crash: another number here would cut those of a plan that was left over elsewhere.
     */
    static final long BYTES = 32L << 20;

    private static final int PARTS_OF_ONE_SIZE = 1024;
    private static final int MOST_DOUBLINGS = 24;

    private final int limit;
    private final Consumer<ChangeBatch> full;
    private Optional<Plan> replay;

    private List<Change> closed = new ArrayList<>();
    private LogSequenceNumber closedFrom;
    private LogSequenceNumber closedTo;
    private CommitPoint closedEnd;
    private int closedTransactions;
    private long closedBytes;

    private List<Change> open = new ArrayList<>();
    private LogSequenceNumber openCommit;
    private int nextPart;
    /** What has come of the open transaction since its last part, also for tables outside of the pipe. */
    private long openCount;

    private long openBytes;

    /**
     * @param limit changes of a batch, at least 1
     * @param full takes a batch; its exceptions pass through
     */
    TransactionBuffer(int limit, Optional<Plan> replay, Consumer<ChangeBatch> full) {
        this.limit = limit;
        this.replay = requireNonNull(replay);
        this.full = requireNonNull(full);
    }

    /** A transaction begins. */
    void begin(LogSequenceNumber commitLsn) {
        if (openCommit != null) {
            throw new IllegalStateException("transaction " + openCommit + " has not ended");
        }
        passed(commitLsn);
        openCommit = commitLsn;
    }

    /**
     * A change of the open transaction.
     *
     * @param weight bytes of memory that it takes, about; the same whenever it comes
     */
    void add(Change change, long weight) {
        pass(weight);
        append(change);
    }

    /** One more change of the message that came last. */
    void append(Change change) {
        open.add(change);
    }

    /**
     * A change of the open transaction that nobody follows. It counts all the same, so that parts are cut at the same
     * places when a table has left the pipe since they were cut first.
     */
    void pass(long weight) {
        if (openCommit == null) {
            throw new IllegalStateException("a change outside of a transaction");
        }
        if (openCount > 0 && (openCount >= partSize() || openBytes + weight > BYTES) && mayGoInParts()) {
            flushClosed();
            sendPart(Optional.empty());
        }
        openCount++;
        openBytes += weight;
    }

    /** The open transaction ends. */
    void commit(CommitPoint end) {
        if (nextPart > 0) {
            sendPart(Optional.of(end));
            nextPart = 0;
            replay = Optional.empty();
        } else if (!open.isEmpty()) {
            boolean tooMuch = closed.size() + open.size() > limit || closedBytes + openBytes > BYTES;
            if (replay.isEmpty() && tooMuch) {
                flushClosed();
            }
            close(end);
        }
        openCommit = null;
        openCount = 0;
        openBytes = 0;
    }

    private void close(CommitPoint end) {
        if (closed.isEmpty()) {
            closedFrom = openCommit;
            closed = open;
        } else {
            closed.addAll(open);
        }
        open = new ArrayList<>();
        closedTo = openCommit;
        closedEnd = end;
        closedTransactions++;
        closedBytes += openBytes;
        boolean planEnds = replay.isPresent() && replay.get().to().equals(closedTo);
        if (planEnds || (replay.isEmpty() && (closed.size() >= limit || closedBytes >= BYTES))) {
            flushClosed();
        }
    }

    /**
     * Hands over the complete transactions it holds, except for those of a left-over plan that is not complete.
     *
     * @param position up to where the server has sent everything
     */
    void drain(LogSequenceNumber position) {
        if (openCommit == null) {
            passed(position);
        }
        if (replay.isEmpty()) {
            flushClosed();
        }
    }

    /** Hands over the complete transactions it holds when they have at least so many changes, as {@link #drain} does. */
    void drainIfAtLeast(int changes) {
        if (closed.size() >= changes && replay.isEmpty()) {
            flushClosed();
        }
    }

    /** No change is held, so everything the server has sent so far is applied. */
    boolean isEmpty() {
        return openCommit == null && closed.isEmpty();
    }

    boolean inTransaction() {
        return openCommit != null;
    }

    /** The last transactions of a plan may hold nothing for this pipe any more, and then do not come again. */
    private void passed(LogSequenceNumber position) {
        if (replay.isPresent() && position.compareTo(replay.get().to()) > 0) {
            flushClosed();
            replay = Optional.empty();
        }
    }

    /** Versions tell 32,768 parts apart, so those of a very large transaction grow. */
    private long partSize() {
        return (long) replay.map(Plan::partSize).orElse(limit)
                << Math.min(nextPart / PARTS_OF_ONE_SIZE, MOST_DOUBLINGS);
    }

    private boolean mayGoInParts() {
        return replay.isEmpty() || replay.get().from().equals(replay.get().to());
    }

    private void sendPart(Optional<CommitPoint> end) {
        Plan plan = replay.orElseGet(() -> new Plan(openCommit, openCommit, limit));
        List<Change> changes = open;
        open = new ArrayList<>();
        openCount = 0;
        openBytes = 0;
        full.accept(new ChangeBatch(plan, nextPart++, replay.isPresent(), changes, end, end.isPresent() ? 1 : 0));
    }

    private void flushClosed() {
        if (closed.isEmpty()) {
            return;
        }
        Plan plan = replay.orElseGet(() -> new Plan(closedFrom, closedTo, limit));
        ChangeBatch batch =
                new ChangeBatch(plan, 0, replay.isPresent(), closed, Optional.of(closedEnd), closedTransactions);
        replay = Optional.empty();
        closed = new ArrayList<>();
        closedTransactions = 0;
        closedBytes = 0;
        full.accept(batch);
    }
}
