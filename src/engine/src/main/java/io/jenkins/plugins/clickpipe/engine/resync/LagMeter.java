package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.changes.WalEnd.Look;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Follows up to which moment of the source a sync's destination holds everything. The last applied transaction tells
 * its commit time, and where nothing was written, an earlier look tells when the WAL ended where the slot is now.
 */
final class LagMeter {
    /** A sync that is further behind than so many looks learns the moment from its transactions alone. */
    private static final int MOST_LOOKS = 1000;

    private final Deque<Look> ahead = new ArrayDeque<>();
    private Optional<Instant> upTo;

    /** @param upTo what is known already */
    LagMeter(Optional<Instant> upTo) {
        this.upTo = Objects.requireNonNull(upTo);
    }

    void see(Look look) {
        if (ahead.size() < MOST_LOOKS) {
            ahead.add(look);
        }
    }

    /** @param committed when the last applied transaction was committed */
    Lag measure(Look now, LogSequenceNumber confirmed, Optional<Instant> committed) {
        see(now);
        committed.ifPresent(this::reach);
        while (!ahead.isEmpty() && ahead.peek().walEnd().compareTo(confirmed) <= 0) {
            reach(ahead.remove().time());
        }
        return Lag.of(now, confirmed, upTo);
    }

    private void reach(Instant moment) {
        upTo = upTo.filter(moment::isBefore).or(() -> Optional.of(moment));
    }

    Optional<Instant> upTo() {
        return upTo;
    }
}
