package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Turns SIGINT and SIGTERM into a request to stop, and lets the process end when the work has cleaned up. */
final class Shutdown {
    static final int STOPPED = 130;
    private static final int SECONDS_TO_CLEAN_UP = 45;

    private final StopSignal stop;
    private final CountDownLatch finished = new CountDownLatch(1);

    /** @param worker runs the command */
    Shutdown(Thread worker) {
        this.stop = new StopSignal(worker);
        Runtime.getRuntime().addShutdownHook(new Thread(this::signalled, "stop"));
    }

    StopSignal stop() {
        return stop;
    }

    /** The command has ended by itself; returns its exit code. */
    int finished(int exitCode) {
        finished.countDown();
        return exitCode;
    }

    /** Runs at each end of the JVM; after a signal the JVM's own exit code would be 143 or 130, never what we promise. */
    private void signalled() {
        if (finished.getCount() == 0) {
            return;
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_CLEAN_UP);
        stop.request();
        try {
            if (!finished.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                System.err.println("Cleaning up took longer than " + SECONDS_TO_CLEAN_UP
                        + " seconds and was given up; the next resync completes it.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.err.flush();
        Runtime.getRuntime().halt(STOPPED);
    }
}
