package io.jenkins.plugins.clickpipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            # zone,              expression,      after,                  next instant
            Europe/Berlin,       0 30 2 * * ?,    2026-03-28T12:00:00Z,   2026-03-29T01:00:00Z
            America/New_York,    0 30 2 * * ?,    2026-03-07T12:00:00Z,   2026-03-08T07:00:00Z
            America/St_Johns,    0 30 2 * * ?,    2026-03-07T12:00:00Z,   2026-03-08T05:30:00Z
            America/St_Johns,    0 30 0 * * ?,    2011-03-12T12:00:00Z,   2011-03-13T03:31:00Z
            Australia/Lord_Howe, 0 15 2 * * ?,    2026-10-03T00:00:00Z,   2026-10-03T15:30:00Z
            Asia/Beirut,         0 0 0 * * ?,     2026-03-28T00:00:00Z,   2026-03-28T22:00:00Z
            Africa/Cairo,        0 30 0 * * ?,    2026-04-23T12:00:00Z,   2026-04-23T22:00:00Z
            Pacific/Apia,        0 0 12 30 12 ?,  2011-12-29T00:00:00Z,   2011-12-30T10:00:00Z
            """)
    void aTimeInAGapComesAtTheFirstInstantAfterIt(String zone, String expression, Instant after, Instant next) {
        assertThat(schedule(expression, zone).next(after)).contains(next);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # zone,              expression,      after,                  first occurrence,       next day
            Europe/Berlin,       0 30 2 * * ?,    2026-10-24T12:00:00Z,   2026-10-25T00:30:00Z,   2026-10-26T01:30:00Z
            America/New_York,    0 30 1 * * ?,    2026-10-31T12:00:00Z,   2026-11-01T05:30:00Z,   2026-11-02T06:30:00Z
            America/St_Johns,    0 30 1 * * ?,    2026-10-31T12:00:00Z,   2026-11-01T04:00:00Z,   2026-11-02T05:00:00Z
            Australia/Lord_Howe, 0 45 1 * * ?,    2026-04-04T00:00:00Z,   2026-04-04T14:45:00Z,   2026-04-05T15:15:00Z
            Africa/Cairo,        0 30 23 * * ?,   2026-10-29T12:00:00Z,   2026-10-29T20:30:00Z,   2026-10-30T21:30:00Z
            """)
    void aTimeShownTwiceComesOnceAtItsFirstOccurrence(
            String zone, String expression, Instant after, Instant first, Instant following) {
        Schedule schedule = schedule(expression, zone);
        assertThat(schedule.next(after)).contains(first);
        assertThat(schedule.next(first)).contains(following);
        assertThat(schedule.next(first.plusSeconds(3600)))
                .as("asked within the second occurrence")
                .contains(following);
    }

    @Test
    void severalTimesOfOneGapComeTogetherOnce() {
        assertThat(runs("0 15,45 2 * * ?", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z"))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:15+02:00", "2026-03-30T02:45+02:00");
    }

    @Test
    void aListOfTimesOfDayComesOnceInTheRepeatedHour() {
        assertThat(runs("0 15,45 2 * * ?", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"))
                .containsExactly("2026-10-25T02:15+02:00", "2026-10-25T02:45+02:00");
    }

    @Test
    void aRhythmGoesOnThroughTheRepeatedHour() {
        assertThat(runs("0 0/30 * * * ?", "Europe/Berlin", "2026-10-24T23:30:00Z", "2026-10-25T02:00:00Z"))
                .containsExactly(
                        "2026-10-25T02:00+02:00",
                        "2026-10-25T02:30+02:00",
                        "2026-10-25T02:00+01:00",
                        "2026-10-25T02:30+01:00",
                        "2026-10-25T03:00+01:00");
        assertThat(runs("0 0 * * * ?", "Europe/Berlin", "2026-10-24T23:30:00Z", "2026-10-25T02:00:00Z"))
                .containsExactly("2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00");
    }

    @Test
    void everyFiveMinutesStaysEveryFiveMinutesThroughAYear() {
        for (String zone : List.of("Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo")) {
            Schedule schedule = schedule("0 0/5 * * * ?", zone);
            Instant run = Instant.parse("2026-01-01T00:00:00Z");
            while (run.isBefore(Instant.parse("2027-01-01T00:00:00Z"))) {
                Instant next = schedule.next(run).orElseThrow();
                assertThat(next).as(zone).isEqualTo(run.plusSeconds(300));
                run = next;
            }
        }
    }

    @Test
    void aSkippedDayIsMadeUpForOnce() {
        assertThat(runs("0 0 12 * * ?", "Pacific/Apia", "2011-12-28T23:00:00Z", "2012-01-01T00:00:00Z"))
                .containsExactly(
                        "2011-12-29T12:00-10:00",
                        "2011-12-31T00:00+14:00",
                        "2011-12-31T12:00+14:00",
                        "2012-01-01T12:00+14:00");
    }

    @Test
    void anExcludedDateIsLeftOutAlsoWhereAGapMovesATime() {
        String dates = "2026-03-29\n2026-12-24 to 2027-01-02";
        assertThat(runs("0 30 2 * * ?", "Europe/Berlin", dates, "2026-03-27T12:00:00Z", "2026-03-30T12:00:00Z"))
                .containsExactly("2026-03-28T02:30+01:00", "2026-03-30T02:30+02:00");
        assertThat(runs("0 30 2 * * ?", "Europe/Berlin", dates, "2026-12-22T12:00:00Z", "2027-01-03T12:00:00Z"))
                .containsExactly("2026-12-23T02:30+01:00", "2027-01-03T02:30+01:00");
        assertThat(runs("0 0 12 * * ?", "Pacific/Apia", "2011-12-30", "2011-12-29T23:00:00Z", "2011-12-31T00:00:00Z"))
                .as("the day on which the time is meant")
                .containsExactly("2011-12-31T12:00+14:00");
        assertThat(runs("0 0 12 * * ?", "Pacific/Apia", "2011-12-31", "2011-12-29T23:00:00Z", "2012-01-01T00:00:00Z"))
                .as("the day to which the gap moves it")
                .containsExactly("2012-01-01T12:00+14:00");
    }

    @Test
    void theLastRunIsFoundAlsoYearsBack() {
        Schedule leapSunday = schedule("0 0 0 29 2 ?", "Europe/Berlin");
        assertThat(leapSunday.last(Instant.parse("2027-06-01T00:00:00Z")))
                .contains(Instant.parse("2024-02-28T23:00:00Z"));
        Instant exact = Instant.parse("2026-10-25T00:30:00Z");
        Schedule daily = schedule("0 30 2 * * ?", "Europe/Berlin");
        assertThat(daily.last(exact)).contains(exact);
        assertThat(daily.last(exact.minusMillis(1))).contains(exact.minusSeconds(86_400));
        assertThat(daily.last(exact.plusSeconds(7200))).contains(exact);
    }

    @Test
    void aScheduleThatNeverComesIsFoundOut() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(schedule("0 0 0 30 2 ?", "Europe/Berlin").next(now)).isEmpty();
        assertThat(schedule("0 0 0 1 1 ? 2025", "Europe/Berlin").next(now)).isEmpty();
        Schedule excluded = new Schedule(
                QuartzExpression.parse("0 0/5 * 24 12 ?"),
                ZoneId.of("Europe/Berlin"),
                ExcludedDates.parse("12-01 to 12-31"));
        assertThat(excluded.next(now)).isEmpty();
        assertThat(excluded.last(now)).isEmpty();
    }

    private static Schedule schedule(String expression, String zone) {
        return new Schedule(QuartzExpression.parse(expression), ZoneId.of(zone), ExcludedDates.parse(""));
    }

    private static List<String> runs(String expression, String zone, String after, String until) {
        return runs(expression, zone, "", after, until);
    }

    private static List<String> runs(String expression, String zone, String dates, String after, String until) {
        Schedule schedule =
                new Schedule(QuartzExpression.parse(expression), ZoneId.of(zone), ExcludedDates.parse(dates));
        List<String> runs = new ArrayList<>();
        Optional<Instant> run = schedule.next(Instant.parse(after));
        while (run.isPresent() && !run.get().isAfter(Instant.parse(until))) {
            ZonedDateTime shown = run.get().atZone(ZoneId.of(zone));
            runs.add(shown.toOffsetDateTime().toString());
            run = schedule.next(run.get());
        }
        return runs;
    }
}
