package io.jenkins.plugins.clickpipe.schedule;

import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.quartz.CronExpression;

/** Says in a sentence what is wrong with a Quartz cron expression, and what to write. */
final class ExpressionFault {
    private static final List<String> FIELDS =
            List.of("seconds", "minutes", "hours", "day-of-month", "month", "day-of-week", "year");
    /** What a field's values are from and to (Quartz, Cron Triggers Tutorial, Format). */
    private static final int[][] RANGES = {{0, 59}, {0, 59}, {0, 23}, {1, 31}, {1, 12}, {1, 7}, {1970, 2099}};

    /** No step, no ordinal of a weekday and no distance from a month's end. */
    private static final Pattern VALUE = Pattern.compile("(?<![\\d/#])(?<![Ll]-)\\d+");

    private static final List<String> HARMLESS = List.of("0", "0", "0", "*", "*", "?", "*");
    private static final int UNIX_FIELDS = 5;
    private static final int DAY_OF_MONTH = 3;
    private static final int DAY_OF_WEEK = 5;
    private static final Pattern DAY_NUMBER = Pattern.compile("(?<![/\\d#])[0-7](?!\\d)");
    private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN");
    private static final Map<String, String> MACROS = Map.of(
            "@YEARLY", "0 0 0 1 1 ?",
            "@ANNUALLY", "0 0 0 1 1 ?",
            "@MONTHLY", "0 0 0 1 * ?",
            "@WEEKLY", "0 0 0 ? * SUN",
            "@DAILY", "0 0 0 * * ?",
            "@MIDNIGHT", "0 0 0 * * ?",
            "@HOURLY", "0 0 * * * ?");

    private ExpressionFault() {}

    /** Nothing when Quartz takes the expression. */
    static Optional<String> in(String[] fields) {
        String first = fields[0].toUpperCase(Locale.ROOT);
        if (first.isEmpty()) {
            return Optional.of(Messages.ExpressionFault_Empty());
        }
        if (first.startsWith("@")) {
            return Optional.of(
                    MACROS.containsKey(first)
                            ? Messages.ExpressionFault_Macro(fields[0], MACROS.get(first))
                            : Messages.ExpressionFault_UnknownMacro(fields[0]));
        }
        if (Arrays.stream(fields).anyMatch(field -> field.matches("[Hh]([(/].*)?"))) {
            return Optional.of(Messages.ExpressionFault_Hash());
        }
        if (fields.length == UNIX_FIELDS) {
            return Optional.of(suggestion(fields)
                    .map(Messages::ExpressionFault_FiveFields)
                    .orElseGet(() -> Messages.ExpressionFault_FiveFieldsWithoutSuggestion()));
        }
        if (fields.length < UNIX_FIELDS + 1 || fields.length > FIELDS.size()) {
            return Optional.of(Messages.ExpressionFault_FieldCount(fields.length));
        }
        for (int field = 0; field < fields.length; field++) {
            Optional<String> fault = inField(fields, field);
            if (fault.isPresent()) {
                return fault;
            }
        }
        boolean bothOpen = fields[DAY_OF_MONTH].equals("?") && fields[DAY_OF_WEEK].equals("?");
        boolean noneOpen = !fields[DAY_OF_MONTH].equals("?") && !fields[DAY_OF_WEEK].equals("?");
        if (bothOpen || noneOpen) {
            return Optional.of(Messages.ExpressionFault_Days(daysMended(fields)));
        }
        return ofQuartz(fields).map(Messages::ExpressionFault_Other);
    }

    /** Tries the field alone, so that the fault can be given its place. */
    private static Optional<String> inField(String[] fields, int field) {
        Optional<String> range = outOfRange(fields[field], field);
        if (range.isPresent()) {
            return range;
        }
        String[] alone = HARMLESS.toArray(String[]::new);
        alone[field] = fields[field];
        if (field == DAY_OF_WEEK && !fields[field].equals("?")) {
            alone[DAY_OF_MONTH] = "?";
        } else if (field == DAY_OF_MONTH && fields[field].equals("?")) {
            alone[DAY_OF_WEEK] = "*";
        }
        return ofQuartz(alone)
                .map(fault -> Messages.ExpressionFault_Field(FIELDS.get(field), fields[field], sentence(fault)));
    }

    /** Quartz itself takes 98 and 99, its own signs for "?" and "*", and any year. */
    private static Optional<String> outOfRange(String text, int field) {
        int[] range = RANGES[field];
        boolean within = VALUE.matcher(text)
                .results()
                .map(MatchResult::group)
                .allMatch(value -> value.length() <= 4
                        && Integer.parseInt(value) >= range[0]
                        && Integer.parseInt(value) <= range[1]);
        return within
                ? Optional.empty()
                : Optional.of(Messages.ExpressionFault_Field(
                        FIELDS.get(field),
                        text,
                        Messages.ExpressionFault_Range(Integer.toString(range[0]), Integer.toString(range[1]))));
    }

    private static Optional<String> ofQuartz(String[] fields) {
        try {
            CronExpression.validateExpression(String.join(" ", fields));
            return Optional.empty();
        } catch (ParseException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static String sentence(String fault) {
        return fault.endsWith(".") ? fault : fault + ".";
    }

    private static String daysMended(String[] fields) {
        String[] mended = fields.clone();
        if (fields[DAY_OF_WEEK].equals("?")) {
            mended[DAY_OF_MONTH] = "*";
        } else if (fields[DAY_OF_WEEK].equals("*")) {
            mended[DAY_OF_WEEK] = "?";
        } else {
            mended[DAY_OF_MONTH] = "?";
        }
        return String.join(" ", mended);
    }

    /** The same times as the five fields of Unix; nothing when both kinds of days are restricted. */
    private static Optional<String> suggestion(String[] unix) {
        String dayOfMonth = unix[2];
        String dayOfWeek = unix[4];
        if (dayOfWeek.equals("*") || dayOfWeek.equals("?")) {
            dayOfWeek = "?";
            dayOfMonth = dayOfMonth.equals("?") ? "*" : dayOfMonth;
        } else if (dayOfMonth.equals("*") || dayOfMonth.equals("?")) {
            dayOfMonth = "?";
            dayOfWeek = DAY_NUMBER.matcher(dayOfWeek).replaceAll(ExpressionFault::dayName);
        } else {
            return Optional.empty();
        }
        String[] quartz = {"0", unix[0], unix[1], dayOfMonth, unix[3], dayOfWeek};
        return ofQuartz(quartz).isPresent() ? Optional.empty() : Optional.of(String.join(" ", quartz));
    }

    private static String dayName(MatchResult number) {
        return DAYS.get(Integer.parseInt(number.group()));
    }
}
