package io.jenkins.plugins.clickpipe.engine.statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a phase of a run began and ended.
 *
 * @param phase the phase's name as users read it, for example {@code Snapshot}
 * @param ended empty while the phase is under way
 */
public record PhaseTiming(String phase, Instant started, Optional<Instant> ended) {
    /** How long the phase took, or has been under way at {@code now}; never negative. */
    public Duration elapsed(Instant now) {
        Duration elapsed = Duration.between(started, ended.orElse(now));
        return elapsed.isNegative() ? Duration.ZERO : elapsed;
    }
}
