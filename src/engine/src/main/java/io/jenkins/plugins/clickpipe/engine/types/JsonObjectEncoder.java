package io.jenkins.plugins.clickpipe.engine.types;

/** JSON text into ClickHouse's JSON type, which holds objects only: an array, a scalar and null cannot be held. */
final class JsonObjectEncoder implements ValueEncoder {
    static final JsonObjectEncoder INSTANCE = new JsonObjectEncoder();

    private JsonObjectEncoder() {}

    @Override
    public boolean unchanged(byte[] field, int from, int to) {
        return from < to && field[from] == '{';
    }

    @Override
    public Outcome encode(byte[] text, int from, int to, RowBuffer out) {
        int i = from;
        while (i < to && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t')) {
            i++;
        }
        if (i == to || text[i] != '{') {
            return Outcome.UNREPRESENTABLE;
        }
        Quoting.FIELD.append(text, from, to, out);
        return Outcome.EXACT;
    }
}
