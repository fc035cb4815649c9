package io.jenkins.plugins.clickpipe.engine.types;

import java.nio.charset.StandardCharsets;

/** A value as a message shows it: in quotes, at most 100 characters. */
final class ShortenedText {
    private static final int CHARACTERS = 100;
    /** Four bytes are the longest UTF-8 character. */
    private static final int BYTES = 4 * (CHARACTERS + 1);

    private ShortenedText() {}

    static String of(byte[] text, int from, int to) {
        String value = new String(text, from, Math.min(to - from, BYTES), StandardCharsets.UTF_8);
        if (value.codePointCount(0, value.length()) <= CHARACTERS) {
            return "'" + value + "'";
        }
        return "'" + value.substring(0, value.offsetByCodePoints(0, CHARACTERS)) + "...'";
    }
}
