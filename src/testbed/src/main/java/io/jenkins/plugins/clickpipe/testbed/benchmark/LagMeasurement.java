package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One session writes {@value #CHANGES_PER_SECOND} changes a second, ten a transaction, while the engine syncs; another
 * looks which transactions are to be seen in ClickHouse.
 */
final class LagMeasurement {
    /** Not that of the contender for changes per second, beside which it stands. */
    static final String NAME = "engine lag";

    private static final String PIPE = "changes_lag";
    private static final int CHANGES_PER_SECOND = 5000;
    private static final int SYNC_INTERVAL_SECONDS = 1;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** The engine's start, which counts for nothing. */
    private static final Duration START = Duration.ofSeconds(10);

    private static final long FIRST_ID = 5_000_000_000L;
    private static final String TRANSACTION =
            """
            BEGIN;
            INSERT INTO orders SELECT %1$d + i, 7, 1.5, 'order', clock_timestamp() FROM generate_series(0, 3) AS i;
            UPDATE orders SET amount = amount + 1, changed = clock_timestamp() WHERE id BETWEEN %2$d AND %2$d + 3;
            DELETE FROM orders WHERE id IN (%1$d + 2 - 4000, %1$d + 3 - 4000);
            COMMIT""";

    private final Arena arena;
    private final EngineSync pipe;
    private final Duration time;
    private final long[] committed;
    private final long[] seen;
    private final AtomicInteger written = new AtomicInteger();

    /** @param engine the command that runs it, without its own arguments */
    LagMeasurement(Arena arena, List<String> engine, Duration time) {
        this.arena = requireNonNull(arena);
        this.pipe = new EngineSync(arena, engine, PIPE);
        this.time = requireNonNull(time);
        int transactions = Math.toIntExact(time.toSeconds() * CHANGES_PER_SECOND / PreparedChanges.PER_TRANSACTION);
        this.committed = new long[transactions];
        this.seen = new long[transactions];
    }

    ChangeLag run() throws InterruptedException {
        pipe.create();
        CompletableFuture<Void> sync = CompletableFuture.runAsync(() -> {
            try {
                pipe.syncFor(START.plus(time).plus(START), SYNC_INTERVAL_SECONDS);
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        Thread.sleep(START.toMillis());
        long start = System.nanoTime();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(start));
        look(writing);
        double rate =
                written.get() * PreparedChanges.PER_TRANSACTION / ((committed[committed.length - 1] - start) / 1e9);
        sync.join();
        double[] lags = new double[seen.length];
        for (int i = 0; i < lags.length; i++) {
            lags[i] = (seen[i] - committed[i]) / 1e9;
        }
        return ChangeLag.of(NAME, rate, SYNC_INTERVAL_SECONDS, lags);
    }

    private void write(long start) {
        long step = TimeUnit.SECONDS.toNanos(1) * PreparedChanges.PER_TRANSACTION / CHANGES_PER_SECOND;
        try (Connection connection = arena.servers().postgresPipeUser().connect(Arena.DATABASE);
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < committed.length; i++) {
                long early = start + i * step - System.nanoTime();
                if (early > 0) {
                    LockSupport.parkNanos(early);
                }
                statement.execute(TRANSACTION.formatted(FIRST_ID + 4L * i, 1 + 4L * i % 40_000));
                committed[i] = System.nanoTime();
                written.set(i + 1);
            }
        } catch (SQLException e) {
            throw new TestbedException("The writer failed: " + e.getMessage(), e);
        }
    }

    /** A transaction's rows appear together, and after those of the transactions before it. */
    private void look(CompletableFuture<Void> writing) {
        String last = "SELECT max(id) FROM " + PIPE + " WHERE id >= " + FIRST_ID;
        long giveUp = System.nanoTime() + time.multipliedBy(3).plus(START).toNanos();
        int next = 0;
        while (next < seen.length) {
            if (writing.isCompletedExceptionally()) {
                writing.join();
            }
            long id = Long.parseLong(arena.servers()
                    .clickHouseAdmin()
                    .query(Arena.DATABASE, last)
                    .get(0)
                    .get(0));
            long now = System.nanoTime();
            // The writer may not have noted yet that a transaction is committed.
            int until = Math.min(written.get(), (int) ((id - FIRST_ID) / 4) + 1);
            while (id >= FIRST_ID && next < until) {
                seen[next++] = now;
            }
            if (now > giveUp) {
                throw new TestbedException(
                        "After " + time.multipliedBy(3).plus(START).toSeconds() + " s only " + next + " of "
                                + seen.length + " transactions were to be seen in ClickHouse.");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
