package io.jenkins.plugins.clickpipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares schedules around changes of a zone's clock with what watching the clock second by second gives. */
class ScheduleSweepTest {
    private static final int EXPRESSIONS = Integer.getInteger("clickpipe.schedule.expressions", 25);
    private static final Duration AROUND = Duration.ofHours(40);
    /** All seconds of the expressions below are multiples of it, and so are all offsets and changes. */
    private static final int STEP_SECONDS = 5;

    static Stream<Arguments> changes() {
        List<Arguments> changes = new ArrayList<>();
        for (String id : List.of(
                "Europe/Berlin",
                "America/New_York",
                "America/St_Johns",
                "Australia/Lord_Howe",
                "Africa/Cairo",
                "Asia/Beirut")) {
            Instant from = Instant.parse("2026-01-01T00:00:00Z");
            for (int i = 0; i < 2; i++) {
                ZoneOffsetTransition change = ZoneId.of(id).getRules().nextTransition(from);
                from = change.getInstant();
                changes.add(Arguments.of(id, from));
            }
        }
        changes.add(Arguments.of("America/St_Johns", Instant.parse("2011-03-13T03:31:00Z")));
        changes.add(Arguments.of("Pacific/Apia", Instant.parse("2011-12-30T10:00:00Z")));
        changes.add(Arguments.of("Asia/Kolkata", Instant.parse("2026-03-29T01:00:00Z")));
        return changes.stream();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void schedulesComeAsTheClockShows(String zone, Instant change) {
        Random random = new Random(zone.hashCode() + change.getEpochSecond());
        for (int i = 0; i < EXPRESSIONS; i++) {
            Expression expression = Expression.random(random);
            String name = expression.text() + " in " + zone + " around " + change;
            List<Instant> expected = watch(expression, ZoneId.of(zone), change.minus(AROUND), change.plus(AROUND));
            Schedule schedule =
                    new Schedule(QuartzExpression.parse(expression.text()), ZoneId.of(zone), ExcludedDates.parse(""));
            assertThat(runs(schedule, change.minus(AROUND), change.plus(AROUND)))
                    .as(name)
                    .isEqualTo(expected);
            for (int j = 0; j < 20; j++) {
                Instant asked = change.plusSeconds(random.nextInt(-80_000, 80_000));
                Optional<Instant> last =
                        expected.stream().filter(run -> !run.isAfter(asked)).reduce((a, b) -> b);
                if (last.isPresent()) {
                    assertThat(schedule.last(asked))
                            .as(name + ", last until " + asked)
                            .isEqualTo(last);
                }
            }
        }
    }

    /** Looks at the clock at every instant; remembers what it has shown and notices when it jumps. */
    private static List<Instant> watch(Expression expression, ZoneId zone, Instant from, Instant until) {
        List<Instant> runs = new ArrayList<>();
        Set<LocalDateTime> shown = new HashSet<>();
        LocalDateTime before = LocalDateTime.ofInstant(from, zone);
        for (Instant now = from.plusSeconds(STEP_SECONDS); !now.isAfter(until); now = now.plusSeconds(STEP_SECONDS)) {
            LocalDateTime clock = LocalDateTime.ofInstant(now, zone);
            boolean comes = expression.names().test(clock) && (shown.add(clock) || expression.interval());
            for (LocalDateTime skipped = before.plusSeconds(STEP_SECONDS);
                    skipped.isBefore(clock) && !comes;
                    skipped = skipped.plusSeconds(STEP_SECONDS)) {
                comes = expression.names().test(skipped);
            }
            if (comes) {
                runs.add(now);
            }
            before = clock;
        }
        return runs;
    }

    private static List<Instant> runs(Schedule schedule, Instant after, Instant until) {
        List<Instant> runs = new ArrayList<>();
        Optional<Instant> run = schedule.next(after);
        while (run.isPresent() && !run.get().isAfter(until)) {
            runs.add(run.get());
            run = schedule.next(run.get());
        }
        return runs;
    }

    /** An expression and, made without Quartz, what it means. */
    private record Expression(String text, Predicate<LocalDateTime> names, boolean interval) {
        static Expression random(Random random) {
            Field seconds = random.nextInt(4) == 0
                    ? new Field("0/20", List.of(0, 20, 40), true)
                    : new Field("0", List.of(0), false);
            Field minutes = Field.random(random, 60, List.of(5, 7, 10, 15, 25, 30));
            Field hours = Field.random(random, 24, List.of(1, 2, 3, 5, 6));
            boolean weekend = random.nextInt(5) == 0;
            Predicate<LocalDateTime> day = time ->
                    !weekend || time.getDayOfWeek() == DayOfWeek.SATURDAY || time.getDayOfWeek() == DayOfWeek.SUNDAY;
            return new Expression(
                    String.join(" ", seconds.text(), minutes.text(), hours.text(), weekend ? "? * SAT,SUN" : "* * ?"),
                    day.and(time -> seconds.values().contains(time.getSecond())
                            && minutes.values().contains(time.getMinute())
                            && hours.values().contains(time.getHour())),
                    seconds.rhythm() || minutes.rhythm() || hours.values().size() == 24);
        }
    }

    private record Field(String text, List<Integer> values, boolean rhythm) {
        static Field random(Random random, int size, List<Integer> steps) {
            switch (random.nextInt(5)) {
                case 0 -> {
                    return new Field("*", IntStream.range(0, size).boxed().toList(), true);
                }
                case 1 -> {
                    int step = steps.get(random.nextInt(steps.size()));
                    int first = random.nextInt(Math.min(step, 4));
                    List<Integer> values = IntStream.iterate(first, value -> value < size, value -> value + step)
                            .boxed()
                            .toList();
                    return new Field(first + "/" + step, values, true);
                }
                case 2 -> {
                    int first = random.nextInt(3);
                    int last = first + random.nextInt(4);
                    return new Field(
                            first + "-" + last,
                            IntStream.rangeClosed(first, last).boxed().toList(),
                            true);
                }
                case 3 -> {
                    int small = random.nextInt(size / 4);
                    int large = size / 2 + random.nextInt(size / 2);
                    return new Field(small + "," + large, List.of(small, large), false);
                }
                default -> {
                    int value = random.nextInt(size == 24 ? 4 : size);
                    return new Field(String.valueOf(value), List.of(value), false);
                }
            }
        }
    }
}
