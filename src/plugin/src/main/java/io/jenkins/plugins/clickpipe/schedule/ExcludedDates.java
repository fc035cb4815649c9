package io.jenkins.plugins.clickpipe.schedule;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.MonthDay;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Dates on which a schedule does not fire. Each line is a date, two dates joined by {@code to}, the same without a year
 * for every year, or {@code cron} and a Quartz expression for the dates on which that expression names any time.
 * {@code #} begins a comment.
 */
final class ExcludedDates {
    private static final String CRON = "cron ";
    private static final int LENGTH_OF_DATE = 10;

    private final List<Predicate<LocalDate>> rules;

    private ExcludedDates(List<Predicate<LocalDate>> rules) {
        this.rules = List.copyOf(rules);
    }

    /** @throws IllegalArgumentException with a sentence that names the first faulty line */
    static ExcludedDates parse(String text) {
        List<Predicate<LocalDate>> rules = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("#.*", "").strip();
            if (!line.isEmpty()) {
                try {
                    rules.add(rule(line));
                } catch (DateTimeException e) {
                    throw new IllegalArgumentException(Messages.ExcludedDates_NoDate(i + 1, line), e);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(Messages.ExcludedDates_Fault(i + 1, e.getMessage()), e);
                }
            }
        }
        return new ExcludedDates(rules);
    }

    private static Predicate<LocalDate> rule(String line) {
        if (line.toLowerCase(Locale.ROOT).startsWith(CRON)) {
            QuartzExpression days = QuartzExpression.parse(line.substring(CRON.length()));
            return date -> days.next(date.atStartOfDay().minusSeconds(1))
                    .filter(next -> next.toLocalDate().equals(date))
                    .isPresent();
        }
        String[] ends = line.split("\\s+to\\s+", -1);
        String first = ends[0];
        String last = ends[ends.length - 1];
        if (ends.length > 2) {
            throw new DateTimeException("more than two dates");
        }
        return first.length() == LENGTH_OF_DATE
                ? between(LocalDate.parse(first), LocalDate.parse(last))
                : everyYear(MonthDay.parse("--" + first), MonthDay.parse("--" + last));
    }

    private static Predicate<LocalDate> between(LocalDate first, LocalDate last) {
        if (last.isBefore(first)) {
            throw new IllegalArgumentException(Messages.ExcludedDates_Order(first, last));
        }
        return date -> !date.isBefore(first) && !date.isAfter(last);
    }

    private static Predicate<LocalDate> everyYear(MonthDay first, MonthDay last) {
        boolean overNewYear = last.isBefore(first);
        return date -> {
            MonthDay day = MonthDay.from(date);
            boolean begun = !day.isBefore(first);
            boolean notEnded = !day.isAfter(last);
            return overNewYear ? begun || notEnded : begun && notEnded;
        };
    }

    boolean contains(LocalDate date) {
        return rules.stream().anyMatch(rule -> rule.test(date));
    }
}
