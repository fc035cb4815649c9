package io.jenkins.plugins.clickpipe.engine.types;

/** A field that both servers write alike. */
final class UntouchedParts implements FieldParts {
    @Override
    public void append(byte[] field, int from, int to, RowBuffer out) {
        out.append(field, from, to);
    }

    @Override
    public int held() {
        return 0;
    }

    @Override
    public ValueEncoder.Outcome end(RowBuffer out) {
        return ValueEncoder.Outcome.EXACT;
    }
}
