package io.jenkins.plugins.clickpipe.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Whether a server has stopped answering, or one attempt to reach it has failed. */
public final class Silence {
    private static final Duration PAUSE = Duration.ofMillis(250);

    private Silence() {}

    /**
     * Asks until there is an answer or the time is over. An interrupt ends the asking, and is no silence.
     *
     * @param answersWithin asks once and waits no longer than this; false without an answer
     * @return whether there was none all that time
     */
    public static boolean lasts(Duration limit, Predicate<Duration> answersWithin) {
        long end = System.nanoTime() + limit.toNanos();
        Duration left = limit;
        while (!left.isNegative()) {
            if (answersWithin.test(left)) {
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            left = Duration.ofNanos(end - System.nanoTime());
        }
        return true;
    }
}
