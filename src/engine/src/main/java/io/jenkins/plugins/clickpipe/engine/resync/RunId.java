package io.jenkins.plugins.clickpipe.engine.resync;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Locale;

/** Ids of runs: ten of {@code 0-9a-z}, which sort by time and fit into slot names. */
public final class RunId {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SUFFIXES = 36 * 36 * 36 * 36;

    private RunId() {}

    /** Six digits of the second, four random ones. */
    public static String next(Clock clock) {
        String second = Long.toString(clock.instant().getEpochSecond(), 36);
        String suffix = Integer.toString(RANDOM.nextInt(SUFFIXES), 36);
        return second + "0".repeat(4 - suffix.length()) + suffix;
    }

    /**
     * A slot name for a pipe's run: {@code clickpipe_<name>_<run>} with what PostgreSQL does not allow in slot names
     * replaced, at most 63 characters.
     */
    static String slotName(String pipe, String run) {
        String name = pipe.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        int room = 63 - "clickpipe_".length() - 1 - run.length();
        return "clickpipe_" + (name.length() > room ? name.substring(0, room) : name) + "_" + run;
    }
}
