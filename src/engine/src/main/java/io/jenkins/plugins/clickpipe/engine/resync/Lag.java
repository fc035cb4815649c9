package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.changes.WalEnd.Look;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * How far a destination is behind its source.
 *
 * @param bytes WAL written since what was confirmed last
 * @param seconds since the last moment up to which the destination is known to hold everything, by the source's clock;
 *     0 when it has caught up, empty when no such moment is known
 */
public record Lag(long bytes, Optional<Double> seconds) {
    static Lag of(Look now, LogSequenceNumber confirmed, Optional<Instant> upTo) {
        long bytes = Math.max(0, now.walEnd().asLong() - confirmed.asLong());
        return new Lag(
                bytes,
                bytes == 0
                        ? Optional.of(0.0)
                        : upTo.map(moment ->
                                        Duration.between(moment, now.time()).toMillis() / 1000.0)
                                .map(seconds -> Math.max(0, seconds)));
    }
}
