package io.jenkins.plugins.clickpipe.schedule;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * When the times that an expression names come in a zone.
 *
 * <ul>
 *   <li>A time in a gap, which the clock skips when it is put forward, comes at the first instant after the gap; all
 *       times of one gap together come once.
 *   <li>A time that the clock shows twice when it is put back comes once, at its first occurrence. Only an {@linkplain
 *       QuartzExpression#interval() interval} comes at both, so that it goes on without a pause.
 *   <li>A time does not come when its date is excluded, or the date of the instant to which a gap moves it.
 * </ul>
 */
final class Schedule {
    /** Those of twenty years. */
    private static final int MOST_EXCLUDED_DAYS = 20 * 366;
    /** Longer than the eight years from one leap day to the next around 2100. */
    private static final Duration LONGEST_LOOK_BACK = Duration.ofDays(20 * 365);

    private final QuartzExpression expression;
    private final ZoneId zone;
    private final ZoneRules rules;
    private final ExcludedDates excluded;

    Schedule(QuartzExpression expression, ZoneId zone, ExcludedDates excluded) {
        this.expression = requireNonNull(expression);
        this.zone = requireNonNull(zone);
        this.rules = zone.getRules();
        this.excluded = requireNonNull(excluded);
    }

    ZoneId zone() {
        return zone;
    }

    /**
     * The first instant after the given one, or nothing in about a hundred years, or when the dates of twenty
     * years are all excluded.
     */
    Optional<Instant> next(Instant after) {
        Optional<Instant> next = following(after);
        while (next.isPresent() && excluded.contains(next.get().atZone(zone).toLocalDate())) {
            next = following(next.get());
        }
        return next;
    }

    /** The last instant that is not after the given one, or nothing in about fifteen years. */
    Optional<Instant> last(Instant until) {
        for (Duration back = Duration.ofHours(1); back.compareTo(LONGEST_LOOK_BACK) < 0; back = back.multipliedBy(2)) {
            Instant from = until.minus(back);
            if (comes(from, until)) {
                return next(latest(from, until));
            }
        }
        return Optional.empty();
    }

    /** Halves the time between an instant after which the schedule comes and one after which it does not. */
    private Instant latest(Instant from, Instant until) {
        Instant before = from;
        Instant end = until;
        while (Duration.between(before, end).compareTo(Duration.ofSeconds(1)) > 0) {
            Instant middle = before.plus(Duration.between(before, end).dividedBy(2));
            if (comes(middle, until)) {
                before = middle;
            } else {
                end = middle;
            }
        }
        return before;
    }

    private boolean comes(Instant after, Instant until) {
        return next(after).filter(next -> !next.isAfter(until)).isPresent();
    }

    /** Goes from one change of the zone's offset to the next; between them named times and instants go in step. */
    private Optional<Instant> following(Instant after) {
        Instant begin = after;
        ZoneOffset offset = rules.getOffset(after);
        LocalDateTime clock = clock(after, offset);
        while (true) {
            ZoneOffsetTransition change = rules.nextTransition(begin);
            Optional<LocalDateTime> named = named(clock);
            if (named.isPresent() && (change == null || named.get().isBefore(change.getDateTimeBefore()))) {
                return Optional.of(named.get().toInstant(offset));
            }
            if (change == null) {
                return Optional.empty();
            }
            if (change.isGap() && named.isPresent() && !named.get().isAfter(change.getDateTimeAfter())) {
                return Optional.of(change.getInstant());
            }
            LocalDateTime resumed =
                    change.isGap() || expression.interval() ? change.getDateTimeAfter() : change.getDateTimeBefore();
            if (named.isEmpty() && !resumed.isBefore(clock)) {
                return Optional.empty();
            }
            begin = change.getInstant();
            offset = change.getOffsetAfter();
            clock = resumed.minusSeconds(1);
        }
    }

    /** What the clock shows; in the second run of repeated times their end, unless they come twice. */
    private LocalDateTime clock(Instant instant, ZoneOffset offset) {
        LocalDateTime clock = LocalDateTime.ofInstant(instant, offset);
        ZoneOffsetTransition change = rules.getTransition(clock);
        return change != null && change.isOverlap() && offset.equals(change.getOffsetAfter()) && !expression.interval()
                ? change.getDateTimeBefore().minusSeconds(1)
                : clock;
    }

    private Optional<LocalDateTime> named(LocalDateTime after) {
        LocalDateTime from = after;
        for (int days = 0; days < MOST_EXCLUDED_DAYS; days++) {
            Optional<LocalDateTime> named = expression.next(from);
            if (named.isEmpty() || !excluded.contains(named.get().toLocalDate())) {
                return named;
            }
            from = named.get().toLocalDate().plusDays(1).atStartOfDay().minusSeconds(1);
        }
        return Optional.empty();
    }
}
