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
 * does what must not stop half way: then it takes effect at the end of that. No lock is held while servers are called;
 * the working thread alone waits for their answers, so that the interrupt cannot come after it.
 */
public final class StopSignal {
    private static final Duration POLL = Duration.ofMillis(500);
    /** What a server has not ended by then it does not hear of. */
    private static final Duration CANCELLATION_LIMIT = Duration.ofSeconds(15);

    private final Thread worker;
    private final List<Callable<Object>> cancellations = new ArrayList<>();
    private boolean requested;
    private boolean cancelling;
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
    public void request() {
        List<Callable<Object>> calls;
        synchronized (this) {
            if (requested) {
                return;
            }
            requested = true;
            if (shielded) {
                return;
            }
            cancelling = true;
            calls = List.copyOf(cancellations);
        }
        try {
            cancel(calls);
        } finally {
            synchronized (this) {
                worker.interrupt();
                cancelling = false;
                notifyAll();
            }
        }
    }

    private static void cancel(List<Callable<Object>> calls) {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "cancellation");
            thread.setDaemon(true);
            return thread;
        });
        try {
            threads.invokeAll(calls, CANCELLATION_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdownNow();
        }
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
        settle();
        return requested;
    }

    /** @throws StoppedException when a stop was asked for */
    synchronized void check() {
        if (isRequested()) {
            throw new StoppedException(true);
        }
    }

    private synchronized void settle() {
        boolean interrupted = false;
        while (cancelling && Thread.currentThread() == worker) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            worker.interrupt();
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

    /**
     * The work is over and is cleaned up from now on. What it did on the servers has ended, also where a stop is the
     * cause, and a stop that comes later lets the cleaning up come to its end.
     *
     * @return whether a stop was asked for
     */
    synchronized boolean beginCleanup() {
        boolean stopped = isRequested();
        shielded = true;
        Thread.interrupted(); // cleaning up must not be interrupted by the stop that caused it
        return stopped;
    }
}
