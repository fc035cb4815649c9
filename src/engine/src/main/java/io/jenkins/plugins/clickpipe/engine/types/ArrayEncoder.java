package io.jenkins.plugins.clickpipe.engine.types;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * PostgreSQL's array text, for example <code>{1,NULL,"a b"}</code>, into an Array with nullable elements. ClickHouse's
 * column has one dimension and counts from 1: a value with more dimensions is flattened in storage order, explicit
 * bounds are dropped, and an element its type cannot hold becomes NULL; each of the three alters the value.
 */
final class ArrayEncoder implements ValueEncoder {
    private static final byte[] NULL = "NULL".getBytes(StandardCharsets.US_ASCII);

    private final ValueEncoder element;
    private final byte delimiter;

    /**
     * @param element writes {@link Quoting#ELEMENT}
     * @param delimiter {@code pg_type.typdelim} of the element type
     */
    ArrayEncoder(ValueEncoder element, char delimiter) {
        this.element = Objects.requireNonNull(element);
        this.delimiter = (byte) delimiter;
    }

    @Override
    public Outcome encode(byte[] text, int from, int to, RowBuffer out) {
        int i = afterBounds(text, from, to);
        if (to - i < 2 || text[i] != '{' || text[to - 1] != '}') {
            throw EncodingException.malformed("array", text, from, to);
        }
        boolean altered = i > from;
        boolean first = true;
        int depth = 0;
        out.append('[');
        while (i < to) {
            byte c = text[i];
            if (c == '{') {
                altered |= ++depth > 1;
                i++;
            } else if (c == '}') {
                depth--;
                i++;
            } else if (c == delimiter) {
                i++;
            } else {
                if (!first) {
                    out.append(',');
                }
                first = false;
                if (c == '"') {
                    int end = DoubleQuoted.end(text, i + 1, to);
                    if (end < 0) {
                        throw EncodingException.malformed("array", text, from, to);
                    }
                    altered |= !encodeQuoted(text, i + 1, end, out);
                    i = end + 1;
                } else {
                    int end = endOfPlain(text, i, to);
                    altered |= !encodePlain(text, i, end, out);
                    i = end;
                }
            }
        }
        if (depth != 0) {
            throw EncodingException.malformed("array", text, from, to);
        }
        out.append(']');
        return altered ? Outcome.ALTERED : Outcome.EXACT;
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

    private boolean encodePlain(byte[] text, int from, int to, RowBuffer out) {
        if (to - from == 4
                && text[from] == 'N'
                && text[from + 1] == 'U'
                && text[from + 2] == 'L'
                && text[from + 3] == 'L') {
            out.append(NULL);
            return true;
        }
        return encodeElement(text, from, to, out);
    }

    private boolean encodeQuoted(byte[] text, int from, int to, RowBuffer out) {
        if (DoubleQuoted.hasBackslash(text, from, to)) {
            byte[] plain = DoubleQuoted.unescape(text, from, to);
            return encodeElement(plain, 0, plain.length, out);
        }
        return encodeElement(text, from, to, out);
    }

    private boolean encodeElement(byte[] text, int from, int to, RowBuffer out) {
        Outcome outcome = element.encode(text, from, to, out);
        if (outcome == Outcome.UNREPRESENTABLE) {
            out.append(NULL);
        }
        return outcome == Outcome.EXACT;
    }
}
