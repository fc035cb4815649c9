package io.jenkins.plugins.clickpipe.engine.types;

/**
 * A part of an array's or an hstore's text in double quotes, where a backslash makes the next byte literal (PostgreSQL
 * documentation, "Array Input and Output Syntax" and "hstore External Representation").
 */
final class DoubleQuoted {
    private DoubleQuoted() {}

    /** Where the closing quote is, for a part whose first byte after the opening one is at {@code from}; -1 if none. */
    static int end(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] == '"') {
                return i;
            }
            if (text[i] == '\\') {
                i++;
            }
        }
        return -1;
    }

    static boolean hasBackslash(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] == '\\') {
                return true;
            }
        }
        return false;
    }

    static byte[] unescape(byte[] text, int from, int to) {
        RowBuffer plain = new RowBuffer(to - from);
        for (int i = from; i < to; i++) {
            if (text[i] == '\\' && i + 1 < to) {
                i++;
            }
            plain.append(text[i]);
        }
        return plain.toByteArray();
    }
}
