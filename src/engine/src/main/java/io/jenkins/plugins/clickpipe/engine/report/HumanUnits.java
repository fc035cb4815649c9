package io.jenkins.plugins.clickpipe.engine.report;

import java.time.Duration;
import java.util.Locale;

/**
 * Numbers as people read them: {@code 1 234 567}, {@code 12.3 MB}, {@code 6 min 12 s}. Units are decimal
 * (1 kB = 1000 bytes) and the result does not depend on the locale.
 */
public final class HumanUnits {
    private static final String[] BYTE_UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final String[] COMPACT_UNITS = {"", "k", "M", "G", "T", "P", "E"};

    private HumanUnits() {}

    /** Digits in groups of three, for example {@code 1 234 567}. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
    }

    /** A count and its noun, for example {@code 1 table} or {@code 12 tables}. */
    public static String count(long number, String noun) {
        return count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** A size with one decimal, for example {@code 12.3 MB}; below 1000 exact, for example {@code 512 B}. */
    public static String bytes(double bytes) {
        return scaled(bytes, BYTE_UNITS, " ");
    }

    /** {@link #bytes(double)} of a whole number of bytes. */
    public static String bytes(long bytes) {
        return bytes((double) bytes);
    }

    /** A rate in rows a second without its unit, for example {@code 182 300}; below 10 with one decimal. */
    public static String rate(double perSecond) {
        if (perSecond > 0 && perSecond < 9.95) {
            return String.format(Locale.ROOT, "%.1f", perSecond);
        }
        return count(Math.round(perSecond));
    }

    /** A short figure for the axis of a chart, for example {@code 250.0k} or {@code 1.5M}. */
    public static String compact(double number) {
        return scaled(number, COMPACT_UNITS, "");
    }

    /** A duration in its two largest units, for example {@code 850 ms}, {@code 4.2 s}, {@code 6 min 12 s}. */
    public static String duration(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis < 9_950) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        long seconds = (millis + 500) / 1000;
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
        }
        long minutes = (seconds + 30) / 60;
        if (minutes < 24 * 60) {
            return String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
        }
        long hours = (minutes + 30) / 60;
        return String.format(Locale.ROOT, "%d d %d h", hours / 24, hours % 24);
    }

    private static String scaled(double number, String[] units, String gap) {
        double value = number;
        int unit = 0;
        while (unit < units.length - 1 && Math.abs(value) >= (unit == 0 ? 999.5 : 999.95)) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f" : "%.1f", value) + gap + units[unit];
    }
}
