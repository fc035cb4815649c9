package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;

/** PostgreSQL's date into Date32. */
final class DateEncoder implements ValueEncoder {
    private final Quoting quoting;

    DateEncoder(Quoting quoting) {
        this.quoting = Objects.requireNonNull(quoting);
    }

    @Override
    public boolean unchanged(byte[] field, int from, int to) {
        return to - from == DateText.LENGTH && DateText.inRange(field, from);
    }

    @Override
    public Outcome encode(byte[] text, int from, int to, RowBuffer out) {
        if (unchanged(text, from, to)) {
            quoting.appendPlain(text, from, to, out);
            return Outcome.EXACT;
        }
        if (DateText.isOutOfRange(text, from, to)) {
            return Outcome.UNREPRESENTABLE;
        }
        throw EncodingException.malformed("ISO date", text, from, to);
    }
}
