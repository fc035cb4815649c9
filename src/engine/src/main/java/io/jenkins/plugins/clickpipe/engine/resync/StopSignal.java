package io.jenkins.plugins.clickpipe.engine.resync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A request to stop. It cancels the work on both servers and interrupts the working thread, except while that thread
 * does what must not stop half way: then it takes effect at the end of that.
 */
public final class StopSignal {
    private static final Duration POLL = Duration.ofMillis(500);
    /** What a server has not ended by then it does not hear of. */
    private static final Duration CANCELLATION_LIMIT = Duration.ofSeconds(15);

    private final Thread worker;
    private final List<Callable<Object>> cancellations = new ArrayList<>();
    private boolean requested;
    private boolean shielded;

    /** @param worker does the work that can be stopped */
    public StopSignal(Thread worker) {
        this.worker = Objects.requireNonNull(worker);
    }

    /** The work was stopped on request. */
    public static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final boolean clean;

        /** @param clean nothing is left behind on either server */
        StoppedException(boolean clean) {
            super("Stopped on request.");
            this.clean = clean;
        }

        public boolean isClean() {
            return clean;
        }
    }

    /** @param cancellation ends work on a server; all of them are called at the same time, each by a thread of its own */
    public synchronized void onStop(Runnable cancellation) {
        cancellations.add(Executors.callable(cancellation));
    }

    /** Asks the work to stop, which has ended on both servers, or cannot be ended there, when this returns. */
    public synchronized void request() {
        requested = true;
        if (!shielded) {
            cancel();
        }
    }

    private void cancel() {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "cancellation");
            thread.setDaemon(true);
            return thread;
        });
        try {
            threads.invokeAll(cancellations, CANCELLATION_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdownNow();
        }
        worker.interrupt();
    }

    /** Waits, but no longer than until a stop is asked for. */
    synchronized void await(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        long left = time.toMillis();
        try {
            while (!requested && left > 0) {
                wait(left);
                left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            requested = true;
        }
    }

    /** Waits until something is over or a stop is asked for, looking every half second. */
    void awaitUntil(BooleanSupplier over) {
        while (!over.getAsBoolean() && !isRequested()) {
            await(POLL);
        }
        check();
    }

    public synchronized boolean isRequested() {
        return requested;
    }

    /** @throws StoppedException when a stop was asked for */
    synchronized void check() {
        if (requested) {
            throw new StoppedException(true);
        }
    }

    /**
     * Does something that is not to be stopped half way.
     *
     * @throws StoppedException when a stop was asked for before it began
     */
    void shield(Runnable action) {
        synchronized (this) {
            check();
            shielded = true;
        }
        try {
            action.run();
        } finally {
            synchronized (this) {
                shielded = false;
            }
        }
    }
}
