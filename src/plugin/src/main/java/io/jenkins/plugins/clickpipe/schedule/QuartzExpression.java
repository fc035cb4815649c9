package io.jenkins.plugins.clickpipe.schedule;

import static java.util.Objects.requireNonNull;

import java.text.ParseException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Optional;
import java.util.TimeZone;
import java.util.regex.Pattern;
import org.quartz.CronExpression;

/**
 * A Quartz cron expression as the times that it names on a wall clock. Quartz evaluates it on a clock that is never put
 * forward or back, because with a real zone it leaves out the times of the gap, moves those of the repeated hour to
 * their second occurrence and leaves an interval expression silent for the first; {@link Schedule} puts the named times
 * onto the zone's clock.
 */
final class QuartzExpression {
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern STEP_OR_RANGE = Pattern.compile(".*[*/-].*");
    private static final int HOURS_OF_A_DAY = 24;

    private final CronExpression cron;
    private final boolean interval;

    private QuartzExpression(CronExpression cron, boolean interval) {
        this.cron = requireNonNull(cron);
        this.interval = interval;
    }

    /**
     * @param text six or seven fields: seconds, minutes, hours, day of month, month, day of week, year
     * @throws IllegalArgumentException with a sentence that names the fault and how to mend it
     */
    static QuartzExpression parse(String text) {
        String[] fields = SPACES.split(text.strip());
        Optional<String> fault = ExpressionFault.in(fields);
        if (fault.isPresent()) {
            throw new IllegalArgumentException(fault.get());
        }
        try {
            boolean interval = STEP_OR_RANGE.matcher(fields[0]).matches()
                    || STEP_OR_RANGE.matcher(fields[1]).matches()
                    || everyHour(fields[2]);
            return new QuartzExpression(cron(String.join(" ", fields)), interval);
        } catch (ParseException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static CronExpression cron(String text) throws ParseException {
        CronExpression cron = new CronExpression(text);
        cron.setTimeZone(TimeZone.getTimeZone("UTC"));
        return cron;
    }

    private static boolean everyHour(String field) throws ParseException {
        if (!STEP_OR_RANGE.matcher(field).matches()) {
            return field.split(",", -1).length >= HOURS_OF_A_DAY;
        }
        CronExpression hours = cron("0 0 " + field + " * * ?");
        Date end = Date.from(LocalDateTime.of(2001, 1, 2, 0, 0).toInstant(ZoneOffset.UTC));
        Date hour = Date.from(LocalDateTime.of(2001, 1, 1, 0, 0).minusSeconds(1).toInstant(ZoneOffset.UTC));
        int count = -1;
        do {
            hour = hours.getTimeAfter(hour);
            count++;
        } while (hour.before(end));
        return count == HOURS_OF_A_DAY;
    }

    /**
     * Whether it names a rhythm and no times of day: every hour, or minutes or seconds by {@code *}, a step or a range.
     */
    boolean interval() {
        return interval;
    }

    /** The first named time later than the given one, or nothing in the hundred years that Quartz looks ahead. */
    Optional<LocalDateTime> next(LocalDateTime after) {
        Date next = cron.getTimeAfter(Date.from(after.toInstant(ZoneOffset.UTC)));
        return Optional.ofNullable(next).map(date -> LocalDateTime.ofInstant(date.toInstant(), ZoneOffset.UTC));
    }

    @Override
    public String toString() {
        return cron.getCronExpression();
    }
}
