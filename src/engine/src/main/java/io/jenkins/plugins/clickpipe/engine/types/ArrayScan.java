package io.jenkins.plugins.clickpipe.engine.types;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Reads one array's text from its beginning to its end, in one piece or in several, and writes its elements. */
final class ArrayScan {
    private static final byte[] NULL = "NULL".getBytes(StandardCharsets.US_ASCII);

    private final ValueEncoder element;
    private final byte delimiter;
    private boolean begun;
    private boolean first = true;
    private boolean altered;
    private int depth;

    /**
     * @param element writes {@link Quoting#ELEMENT}
     * @param delimiter {@code pg_type.typdelim} of the element type
     */
    ArrayScan(ValueEncoder element, byte delimiter) {
        this.element = Objects.requireNonNull(element);
        this.delimiter = delimiter;
    }

    /**
     * Takes what is complete in {@code text[from, to)}.
     *
     * @param last the text ends there; otherwise an element at the end may be cut off
     * @return where the next part has to begin
     */
    int take(byte[] text, int from, int to, boolean last, RowBuffer out) {
        int i = from;
        if (!begun) {
            i = afterBounds(text, from, to);
            if (i >= to) {
                if (last) {
                    throw malformed(text, from, to);
                }
                return from;
            }
            altered = i > from;
            out.append('[');
        }
        while (i < to) {
            byte c = text[i];
            if (begun ? depth == 0 : c != '{') {
                throw malformed(text, from, to);
            }
            begun = true;
            if (c == '{') {
                altered |= ++depth > 1;
                i++;
            } else if (c == '}') {
                depth--;
                i++;
            } else if (c == delimiter) {
                i++;
            } else {
                int end = c == '"' ? DoubleQuoted.end(text, i + 1, to) : endOfPlain(text, i, to);
                if (end < 0 || end == to) {
                    if (last) {
                        throw malformed(text, from, to);
                    }
                    return i;
                }
                i = element(text, i, end, out);
            }
        }
        return i;
    }

    ValueEncoder.Outcome end(RowBuffer out) {
        if (!begun || depth != 0) {
            throw malformed(new byte[0], 0, 0);
        }
        out.append(']');
        return altered ? ValueEncoder.Outcome.ALTERED : ValueEncoder.Outcome.EXACT;
    }

    /** Skips {@code [0:2][1:1]=} in front of the braces. */
    private static int afterBounds(byte[] text, int from, int to) {
        int i = from;
        if (i < to && text[i] == '[') {
            while (i < to && text[i] != '=') {
                i++;
            }
            i++;
        }
        return i;
    }

    private int endOfPlain(byte[] text, int from, int to) {
        int i = from;
        while (i < to && text[i] != delimiter && text[i] != '}') {
            i++;
        }
        return i;
    }

    /** Writes the element that begins at {@code from}; {@code end} is after it, or at its closing quote. */
    private int element(byte[] text, int from, int end, RowBuffer out) {
        if (!first) {
            out.append(',');
        }
        first = false;
        if (text[from] == '"') {
            altered |= !quoted(text, from + 1, end, out);
            return end + 1;
        }
        altered |= !plain(text, from, end, out);
        return end;
    }

    private boolean plain(byte[] text, int from, int to, RowBuffer out) {
        if (to - from == 4
                && text[from] == 'N'
                && text[from + 1] == 'U'
                && text[from + 2] == 'L'
                && text[from + 3] == 'L') {
            out.append(NULL);
            return true;
        }
        return encode(text, from, to, out);
    }

    private boolean quoted(byte[] text, int from, int to, RowBuffer out) {
        if (DoubleQuoted.hasBackslash(text, from, to)) {
            byte[] plain = DoubleQuoted.unescape(text, from, to);
            return encode(plain, 0, plain.length, out);
        }
        return encode(text, from, to, out);
    }

    private boolean encode(byte[] text, int from, int to, RowBuffer out) {
        ValueEncoder.Outcome outcome = element.encode(text, from, to, out);
        if (outcome == ValueEncoder.Outcome.UNREPRESENTABLE) {
            out.append(NULL);
        }
        return outcome == ValueEncoder.Outcome.EXACT;
    }

    private static EncodingException malformed(byte[] text, int from, int to) {
        return EncodingException.malformed("array", text, from, to);
    }
}
