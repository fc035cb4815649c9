package io.jenkins.plugins.clickpipe.process;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as the pipe file has them: a number with s, m, h or d. */
final class Periods {
    private static final Pattern PERIOD = Pattern.compile("([0-9]{1,9})([smhd]?)");

    private Periods() {}

    /** Zero for what is no such text; the engine says so better. */
    static Duration parse(String text) {
        Matcher period = PERIOD.matcher(text.trim());
        if (!period.matches()) {
            return Duration.ZERO;
        }
        long number = Long.parseLong(period.group(1));
        return switch (period.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofSeconds(number);
        };
    }
}
