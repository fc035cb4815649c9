package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;

/**
 * PostgreSQL's timestamp and timestamptz into DateTime64(6). The session's TimeZone is UTC, so that a timestamptz ends
 * with {@code +00}, which is left out.
 */
final class TimestampEncoder implements ValueEncoder {
    /** Length of {@code YYYY-MM-DD hh:mm:ss}. */
    private static final int SECONDS = 19;
    /** Length of {@code YYYY-MM-DD hh:mm:ss.ffffff}. */
    private static final int MICROSECONDS = 26;

    private final boolean withTimeZone;
    private final Quoting quoting;

    TimestampEncoder(boolean withTimeZone, Quoting quoting) {
        this.withTimeZone = withTimeZone;
        this.quoting = Objects.requireNonNull(quoting);
    }

    @Override
    public boolean unchanged(byte[] field, int from, int to) {
        return !withTimeZone && inRange(field, from, to);
    }

    @Override
    public Outcome encode(byte[] text, int from, int to, RowBuffer out) {
        int end = withTimeZone && endsInUtc(text, from, to) ? to - 3 : to;
        if ((end < to || !withTimeZone) && inRange(text, from, end)) {
            quoting.appendPlain(text, from, end, out);
            return Outcome.EXACT;
        }
        if (DateText.isOutOfRange(text, from, to) && !isPlainYear(text, from, to)) {
            return Outcome.UNREPRESENTABLE;
        }
        throw EncodingException.malformed(withTimeZone ? "ISO timestamp in UTC" : "ISO timestamp", text, from, to);
    }

    /** A date within the range whose rest is not as expected, for example another offset than +00. */
    private static boolean isPlainYear(byte[] text, int from, int to) {
        return to - from >= SECONDS && DateText.inRange(text, from) && !(text[to - 2] == 'B' && text[to - 1] == 'C');
    }

    private static boolean endsInUtc(byte[] text, int from, int to) {
        return to - from >= SECONDS + 3 && text[to - 3] == '+' && text[to - 2] == '0' && text[to - 1] == '0';
    }

    private static boolean inRange(byte[] text, int from, int to) {
        int length = to - from;
        return length >= SECONDS
                && length <= MICROSECONDS
                && DateText.inRange(text, from)
                && text[from + 10] == ' '
                && twoDigits(text, from + 11)
                && text[from + 13] == ':'
                && twoDigits(text, from + 14)
                && text[from + 16] == ':'
                && twoDigits(text, from + 17)
                && (length == SECONDS || fraction(text, from + SECONDS, to));
    }

    private static boolean twoDigits(byte[] text, int at) {
        return DateText.digit(text[at]) && DateText.digit(text[at + 1]);
    }

    private static boolean fraction(byte[] text, int from, int to) {
        if (text[from] != '.' || from + 1 == to) {
            return false;
        }
        for (int i = from + 1; i < to; i++) {
            if (!DateText.digit(text[i])) {
                return false;
            }
        }
        return true;
    }
}
