package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;

/** Any text, kept as it is: strings, and types whose text both servers share. */
final class TextEncoder implements ValueEncoder {
    private final Quoting quoting;

    TextEncoder(Quoting quoting) {
        this.quoting = Objects.requireNonNull(quoting);
    }

    @Override
    public Outcome encode(byte[] text, int from, int to, RowBuffer out) {
        quoting.append(text, from, to, out);
        return Outcome.EXACT;
    }

    @Override
    public boolean unchanged(byte[] field, int from, int to) {
        return quoting == Quoting.FIELD;
    }
}
