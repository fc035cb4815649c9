package io.jenkins.plugins.clickpipe.engine.types;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * Dates in PostgreSQL's ISO DateStyle, read by position. ClickHouse's Date32 and DateTime64 hold the years 1900 to 2299
 * (documentation, "Date32" and "DateTime64") and clamp what lies outside in silence, so the engine looks first.
 */
final class DateText {
    /** Length of {@code YYYY-MM-DD}. */
    static final int LENGTH = 10;

    static final LocalDate FIRST_DAY = LocalDate.of(1900, 1, 1);
    static final LocalDate LAST_DAY = LocalDate.of(2299, 12, 31);

    private DateText() {}

    /** Whether ten bytes from here on are a date of the years 1900 to 2299. */
    static boolean inRange(byte[] text, int from) {
        int century = 10 * (text[from] - '0') + text[from + 1] - '0';
        return century >= 19 && century <= 22 && isDate(text, from);
    }

    private static boolean isDate(byte[] text, int from) {
        return digit(text[from])
                && digit(text[from + 1])
                && digit(text[from + 2])
                && digit(text[from + 3])
                && text[from + 4] == '-'
                && digit(text[from + 5])
                && digit(text[from + 6])
                && text[from + 7] == '-'
                && digit(text[from + 8])
                && digit(text[from + 9]);
    }

    /**
     * Whether a text that is not in range has a form PostgreSQL prints: an infinity, a year of four digits or more, or
     * one before Christ. Anything else speaks for a wrong DateStyle.
     */
    static boolean isOutOfRange(byte[] text, int from, int to) {
        String value = new String(text, from, Math.min(to - from, 64), StandardCharsets.US_ASCII);
        if (value.equals("infinity") || value.equals("-infinity")) {
            return true;
        }
        int year = 0;
        while (from + year < to && digit(text[from + year])) {
            year++;
        }
        int start = from + year - 4;
        return year >= 4 && start + LENGTH <= to && isDate(text, start);
    }

    static boolean digit(byte value) {
        return value >= '0' && value <= '9';
    }
}
