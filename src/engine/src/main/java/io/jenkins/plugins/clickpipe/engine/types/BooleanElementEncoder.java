package io.jenkins.plugins.clickpipe.engine.types;

import java.nio.charset.StandardCharsets;

/** A boolean inside an Array, where ClickHouse reads only the whole words; in a field it reads t and f as well. */
final class BooleanElementEncoder implements ValueEncoder {
    static final BooleanElementEncoder INSTANCE = new BooleanElementEncoder();

    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    private BooleanElementEncoder() {}

    @Override
    public Outcome encode(byte[] text, int from, int to, RowBuffer out) {
        out.append(text[from] == 't' ? TRUE : FALSE);
        return Outcome.EXACT;
    }
}
