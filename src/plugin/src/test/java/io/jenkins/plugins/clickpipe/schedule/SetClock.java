package io.jenkins.plugins.clickpipe.schedule;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that a test sets; the triggers of the running Jenkins go by it. */
final class SetClock extends Clock {
    private volatile Instant now;

    SetClock(String instant) {
        now = Instant.parse(instant);
        TriggerTicks.get().use(this);
    }

    /** Sets the clock and lets all triggers look at it. */
    void set(String instant) {
        now = Instant.parse(instant);
        TriggerTicks.get().doRun();
    }

    void advance(Duration duration) {
        set(now.plus(duration).toString());
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
