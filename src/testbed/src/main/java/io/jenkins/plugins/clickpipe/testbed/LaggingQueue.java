package io.jenkins.plugins.clickpipe.testbed;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Runs work in its order, each some time after it was added, or all of it at once when it is asked to settle. */
final class LaggingQueue implements AutoCloseable {
    private record Work(long addedNanos, Runnable task) {}

    private final Deque<Work> waiting = new ArrayDeque<>();
    private final Thread worker = new Thread(this::work, "lagging-replica");
    private Duration lag;
    private boolean settling;
    private boolean busy;
    private boolean closed;

    LaggingQueue(Duration lag) {
        this.lag = lag;
        worker.setDaemon(true);
        worker.start();
    }

    synchronized void lag(Duration to) {
        lag = to;
        notifyAll();
    }

    synchronized void add(Runnable task) {
        waiting.add(new Work(System.nanoTime(), task));
        notifyAll();
    }

    /** Returns when all that was added has run. */
    synchronized void settle() {
        settling = true;
        notifyAll();
        try {
            while (!closed && (busy || !waiting.isEmpty())) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            settling = false;
        }
    }

    private void work() {
        try {
            while (true) {
                Runnable task = next();
                try {
                    task.run();
                } finally {
                    synchronized (this) {
                        busy = false;
                        notifyAll();
                    }
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private synchronized Runnable next() throws InterruptedException {
        while (true) {
            if (!waiting.isEmpty()) {
                long left = waiting.peek().addedNanos() + lag.toNanos() - System.nanoTime();
                if (settling || left <= 0) {
                    busy = true;
                    return waiting.remove().task();
                }
                wait(Math.max(1, left / 1_000_000));
            } else {
                wait();
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        worker.interrupt();
        notifyAll();
    }
}
