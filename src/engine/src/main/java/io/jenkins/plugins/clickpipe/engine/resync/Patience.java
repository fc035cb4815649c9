package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock.PipeBusyException;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

/** How long work on a slot goes on trying when its connections break. */
final class Patience {
    /** How long connections may stay broken. */
    static final Duration LIMIT = Duration.ofMinutes(15);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    private long began;
    private boolean open;
    private long brokenSince;
    private int failures;

    /** @param nanos the time, as {@link System#nanoTime()} has it */
    Patience(LongSupplier nanos) {
        this.nanos = Objects.requireNonNull(nanos);
    }

    /** Both servers answer. */
    void begin() {
        began = nanos.getAsLong();
        open = true;
    }

    /** Changes were applied, so neither server is broken. */
    void succeed() {
        failures = 0;
    }

    /**
     * How long to wait before the connections are opened again.
     *
     * @throws EngineException the fault itself, when it is none that passes or when it has lasted for too long
     */
    Duration pauseAfter(EngineException fault) {
        // The server may not have noticed yet that the session with our lock is gone.
        boolean passing = fault instanceof SourceException source && source.isTransient()
                || fault instanceof TargetException destination && destination.isTransient()
                || fault instanceof PipeBusyException;
        if (!passing) {
            throw fault;
        }
        long time = nanos.getAsLong();
        // Servers that answer and then fail each time are broken too. A stream that held for long was not; ClickHouse
        // is asked when there are changes alone, so its fault says nothing about the time before.
        boolean held = open && !(fault instanceof TargetException) && time - began > LIMIT.toNanos();
        open = false;
        if (failures == 0 || held) {
            failures = 0;
            brokenSince = time;
        } else if (time - brokenSince > LIMIT.toNanos()) {
            throw fault;
        }
        Duration pause = Duration.ofSeconds(1L << Math.min(failures++, 5));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
