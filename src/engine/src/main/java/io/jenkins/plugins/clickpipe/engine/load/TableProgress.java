package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** What is known of one table's load so far; written by many workers, read at any time. */
public final class TableProgress {
    private final String source;
    private final String target;
    private final long estimatedRows;
    private final int partitionsTotal;
    private final LongAdder rows = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final AtomicInteger partitionsDone = new AtomicInteger();
    private final AtomicInteger retries = new AtomicInteger();
    private final Map<String, LongAdder> altered = new ConcurrentSkipListMap<>();
    private volatile long softDeletedRows;
    private volatile Instant started;
    private volatile Instant ended;
    private final AtomicReference<String> moved = new AtomicReference<>();
    private final List<VerificationCheck> checks = new CopyOnWriteArrayList<>();

    public TableProgress(String source, String target, long estimatedRows, int partitionsTotal) {
        this.source = Objects.requireNonNull(source);
        this.target = Objects.requireNonNull(target);
        this.estimatedRows = estimatedRows;
        this.partitionsTotal = partitionsTotal;
    }

    void begin(Instant now) {
        if (started == null) {
            started = now;
        }
    }

    void accepted(long moreRows, long moreBytes) {
        rows.add(moreRows);
        bytes.add(moreBytes);
    }

    /** Returns true when this was the table's last partition. */
    boolean partitionDone(Instant now) {
        boolean last = partitionsDone.incrementAndGet() == partitionsTotal;
        if (last) {
            ended = now;
        }
        return last;
    }

    void retried() {
        retries.incrementAndGet();
    }

    void altered(String column, long values) {
        altered.computeIfAbsent(column, c -> new LongAdder()).add(values);
    }

    /**
     * The table was rewritten, replaced or altered since before the snapshot, so that this load of it counts for nothing.
     *
     * @param how as the end of a sentence that names the table
     */
    public void moved(String how) {
        moved.compareAndSet(null, how);
    }

    /** What has happened to the table first, if anything. */
    public Optional<String> moved() {
        return Optional.ofNullable(moved.get());
    }

    public void softDeletedRowsTransferred(long transferred) {
        softDeletedRows = transferred;
    }

    public void checked(VerificationCheck check) {
        checks.add(check);
    }

    public long rows() {
        return rows.sum();
    }

    public TableStatistics statistics() {
        Map<String, Long> alteredNow = new TreeMap<>();
        altered.forEach((column, count) -> alteredNow.put(column, count.sum()));
        return new TableStatistics(
                source,
                target,
                estimatedRows,
                rows.sum(),
                bytes.sum(),
                partitionsDone.get(),
                partitionsTotal,
                retries.get(),
                alteredNow,
                softDeletedRows,
                Optional.ofNullable(started),
                Optional.ofNullable(ended),
                checks);
    }
}
