package io.jenkins.plugins.clickpipe.engine.types;

/**
 * Text without any character to escape or quote: integers and floats. ClickHouse reads PostgreSQL's {@code Infinity},
 * {@code -Infinity} and {@code NaN}.
 */
final class LiteralEncoder implements ValueEncoder {
    static final LiteralEncoder INSTANCE = new LiteralEncoder();

    private LiteralEncoder() {}

    @Override
    public Outcome encode(byte[] text, int from, int to, RowBuffer out) {
        out.append(text, from, to);
        return Outcome.EXACT;
    }

    @Override
    public boolean unchanged(byte[] field, int from, int to) {
        return true;
    }
}
