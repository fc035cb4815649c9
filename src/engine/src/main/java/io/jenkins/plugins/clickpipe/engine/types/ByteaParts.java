package io.jenkins.plugins.clickpipe.engine.types;

import java.nio.charset.StandardCharsets;

/** A bytea field of COPY, {@code \\x0aff} with its backslash doubled, into a String of the bytes themselves. */
final class ByteaParts implements FieldParts {
    private static final byte[] PREFIX = "\\\\x".getBytes(StandardCharsets.US_ASCII);

    private int position;
    private int high = -1;

    @Override
    public void append(byte[] field, int from, int to, RowBuffer out) {
        out.ensureCapacity((to - from) / 2 + 1);
        for (int i = from; i < to; i++) {
            if (position < PREFIX.length) {
                if (field[i] != PREFIX[position++]) {
                    throw EncodingException.malformed("bytea in hex", field, from, to);
                }
                continue;
            }
            int digit = ByteaEncoder.hexDigit(field[i]);
            if (digit < 0) {
                throw EncodingException.malformed("bytea in hex", field, from, to);
            }
            if (high < 0) {
                high = digit;
            } else {
                Quoting.FIELD.appendByte((byte) (high << 4 | digit), out);
                high = -1;
            }
        }
    }

    @Override
    public int held() {
        return 0;
    }

    @Override
    public ValueEncoder.Outcome end(RowBuffer out) {
        if (high >= 0 || position < PREFIX.length) {
            throw new EncodingException("A bytea value has an odd number of hexadecimal digits.");
        }
        return ValueEncoder.Outcome.EXACT;
    }
}
