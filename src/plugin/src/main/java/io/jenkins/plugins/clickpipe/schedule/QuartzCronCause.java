package io.jenkins.plugins.clickpipe.schedule;

import hudson.model.Cause;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;

/** A build that a Quartz schedule began; tells for which of its times. */
public final class QuartzCronCause extends Cause {
    private static final DateTimeFormatter SHOWN =
            DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm:ss xxx", Locale.ENGLISH);

    private final String scheduled;
    private final long minutesLate;

    QuartzCronCause(ZonedDateTime scheduled, long minutesLate) {
        this.scheduled = scheduled.format(DateTimeFormatter.ISO_ZONED_DATE_TIME);
        this.minutesLate = minutesLate;
    }

    /** The time with its zone, as the form's validation and the build's cause show it. */
    static String shown(Instant instant, ZoneId zone) {
        ZonedDateTime time = instant.atZone(zone);
        return time.format(SHOWN) + " " + zone.getId();
    }

    /** For which time the build was scheduled. */
    public ZonedDateTime getScheduled() {
        return ZonedDateTime.parse(scheduled);
    }

    /** How many minutes after that it was handed over; 0 when it was in time. */
    public long getMinutesLate() {
        return minutesLate;
    }

    @Override
    public String getShortDescription() {
        String time = shown(getScheduled().toInstant(), getScheduled().getZone());
        return minutesLate == 0
                ? Messages.QuartzCronCause_Scheduled(time)
                : Messages.QuartzCronCause_Late(
                        time, Duration.ofMinutes(minutesLate).toHours(), minutesLate % 60);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QuartzCronCause that
                && that.scheduled.equals(scheduled)
                && that.minutesLate == minutesLate;
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheduled, minutesLate);
    }
}
