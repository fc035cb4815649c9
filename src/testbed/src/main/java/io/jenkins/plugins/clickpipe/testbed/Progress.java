package io.jenkins.plugins.clickpipe.testbed;

import java.time.Duration;

/** A line on standard error at once and then at most every five seconds, while something lasts. */
final class Progress {
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final String title;
    private final long started = System.nanoTime();
    private long nextLine = started;

    Progress(String title) {
        this.title = title;
    }

    void tick() {
        long now = System.nanoTime();
        if (now < nextLine) {
            return;
        }
        nextLine = now + INTERVAL.toNanos();
        System.err.println(title + " ... " + Duration.ofNanos(now - started).toSeconds() + " s");
    }
}
