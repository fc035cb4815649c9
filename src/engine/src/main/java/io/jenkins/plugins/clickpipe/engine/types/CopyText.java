package io.jenkins.plugins.clickpipe.engine.types;

/** The escapes of COPY's text format (PostgreSQL documentation, "COPY", "Text Format"). */
final class CopyText {
    private CopyText() {}

    /** Appends a field's bytes without their escapes. PostgreSQL prints no octal or hexadecimal ones. */
    static void unescape(byte[] field, int from, int to, RowBuffer out) {
        int start = from;
        int i = from;
        while (i < to) {
            if (field[i] != '\\' || i + 1 == to) {
                i++;
                continue;
            }
            out.append(field, start, i);
            out.append(meaning(field[i + 1]));
            i += 2;
            start = i;
        }
        out.append(field, start, to);
    }

    static byte meaning(byte escape) {
        return switch (escape) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0B;
            default -> escape;
        };
    }
}
