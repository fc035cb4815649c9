package io.jenkins.plugins.clickpipe.engine.resync;

/**
 * One thing that was looked at before a pipe is worked on.
 *
 * @param subject what was looked at, for example {@code wal_level} or {@code public.orders}
 * @param message one sentence; for a fault, with the next step
 */
public record Finding(Level level, String subject, String message) {
    /** How it stands. */
    public enum Level {
        OK,
        WARNING,
        FAULT
    }

    static Finding ok(String subject, String message) {
        return new Finding(Level.OK, subject, message);
    }

    static Finding warning(String subject, String message) {
        return new Finding(Level.WARNING, subject, message);
    }

    static Finding fault(String subject, String message) {
        return new Finding(Level.FAULT, subject, message);
    }

    /** For a terminal or a log. */
    @Override
    public String toString() {
        String mark =
                switch (level) {
                    case OK -> "ok     ";
                    case WARNING -> "warning";
                    case FAULT -> "FAULT  ";
                };
        return mark + "  " + subject + ": " + message;
    }
}
