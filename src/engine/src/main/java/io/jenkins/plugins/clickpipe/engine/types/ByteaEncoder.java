package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;
import java.util.Optional;

/** PostgreSQL's bytea in hex format ({@code \x0aff}) into a String of the bytes themselves. */
final class ByteaEncoder implements ValueEncoder {
    private final Quoting quoting;

    ByteaEncoder(Quoting quoting) {
        this.quoting = Objects.requireNonNull(quoting);
    }

    @Override
    public Outcome encode(byte[] text, int from, int to, RowBuffer out) {
        int length = to - from;
        if (length < 2 || length % 2 != 0 || text[from] != '\\' || text[from + 1] != 'x') {
            throw EncodingException.malformed("bytea in hex", text, from, to);
        }
        out.ensureCapacity(length / 2 + 2);
        quoting.open(out);
        for (int i = from + 2; i < to; i += 2) {
            int high = hexDigit(text[i]);
            int low = hexDigit(text[i + 1]);
            if ((high | low) < 0) {
                throw EncodingException.malformed("bytea in hex", text, from, to);
            }
            quoting.appendByte((byte) (high << 4 | low), out);
        }
        quoting.close(out);
        return Outcome.EXACT;
    }

    @Override
    public Optional<FieldParts> inParts() {
        return quoting == Quoting.FIELD ? Optional.of(new ByteaParts()) : Optional.empty();
    }

    /** PostgreSQL prints lower case; -1 for what is no digit. */
    static int hexDigit(byte digit) {
        if (digit >= '0' && digit <= '9') {
            return digit - '0';
        }
        return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
    }
}
