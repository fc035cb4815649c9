package io.jenkins.plugins.clickpipe.engine.load;

import dev.failsafe.RateLimiter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Bounds what all workers together read from the source. */
final class Throttle {
    private static final int UNIT_BYTES = 1024;

    private final Optional<RateLimiter<Object>> limiter;

    /** @param megabytesPerSecond of 10^6 bytes; 0 for no bound */
    Throttle(int megabytesPerSecond) {
        this.limiter = megabytesPerSecond == 0
                ? Optional.empty()
                : Optional.of(RateLimiter.smoothBuilder(
                                Math.max(1, megabytesPerSecond * 1_000_000L / UNIT_BYTES), Duration.ofSeconds(1))
                        .build());
    }

    /**
     * Waits until so many bytes may have been read.
     *
     * @throws CancellationException when the thread is interrupted
     */
    void pass(int bytes) {
        if (limiter.isPresent() && bytes > 0) {
            try {
                limiter.get().acquirePermits(-Math.floorDiv(-bytes, UNIT_BYTES));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException();
            }
        }
    }
}
