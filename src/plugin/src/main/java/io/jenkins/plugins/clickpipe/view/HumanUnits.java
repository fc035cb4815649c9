package io.jenkins.plugins.clickpipe.view;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** Figures as people read them, in English, with digits grouped by commas and binary units. */
public final class HumanUnits {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z", Locale.ENGLISH);
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private HumanUnits() {}

    /** For example {@code 1,234,567}. */
    public static String count(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    /** For example {@code 1 table} or {@code 2 tables}. */
    public static String count(long number, String noun) {
        return count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** For example {@code 12.3 MiB}. */
    public static String bytes(double bytes) {
        int unit = 0;
        double amount = bytes;
        while (amount >= 1024 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ENGLISH, unit == 0 ? "%.0f %s" : "%.1f %s", amount, UNITS[unit]);
    }

    /** Rows or bytes a second; a dash while it cannot be told. */
    static String rowsPerSecond(double rate) {
        return rate <= 0 ? "–" : count(Math.round(rate)) + "/s";
    }

    static String bytesPerSecond(double rate) {
        return rate <= 0 ? "–" : bytes(rate) + "/s";
    }

    /** For example {@code 0.4 s}, {@code 12 s}, {@code 3 min 5 s} or {@code 2 h 10 min}. */
    public static String seconds(double seconds) {
        long whole = Math.round(seconds);
        if (seconds < 10) {
            return String.format(Locale.ENGLISH, "%.1f s", seconds);
        }
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? whole / 60 + " min " + whole % 60 + " s"
                : whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }

    /** In the controller's time zone; a dash for none. */
    public static String time(Optional<Instant> instant) {
        return instant.map(
                        time -> TIME.format(time.truncatedTo(ChronoUnit.SECONDS).atZone(ZoneId.systemDefault())))
                .orElse("–");
    }
}
