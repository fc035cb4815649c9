package io.jenkins.plugins.clickpipe.engine.types;

/** hstore, a count and pairs of length and bytes (hstore_send), into {@code Map(String, Nullable(String))}. */
final class BinaryHstore implements BinaryEncoder {
    private static final int LENGTH = 4;

    @Override
    public ValueEncoder.Outcome encode(byte[] value, int from, int to, RowBuffer out) {
        int pairs = length(value, from, to);
        out.appendVarUInt(pairs);
        int i = from + LENGTH;
        for (int pair = 0; pair < pairs; pair++) {
            i = string(value, i, length(value, i, to), to, out);
            int length = length(value, i, to);
            out.append((byte) (length < 0 ? 1 : 0));
            i = length < 0 ? i + LENGTH : string(value, i, length, to, out);
        }
        if (i != to) {
            throw malformed();
        }
        return ValueEncoder.Outcome.EXACT;
    }

    private static int string(byte[] value, int at, int length, int to, RowBuffer out) {
        int start = at + LENGTH;
        if (length < 0 || length > to - start) {
            throw malformed();
        }
        out.appendVarUInt(length);
        out.append(value, start, start + length);
        return start + length;
    }

    private static int length(byte[] value, int at, int to) {
        if (to - at < LENGTH) {
            throw malformed();
        }
        return BinaryValues.int32(value, at);
    }

    private static EncodingException malformed() {
        return new EncodingException("PostgreSQL sent an hstore value that has not the form the engine expects.");
    }

    @Override
    public void appendDefault(RowBuffer out) {
        out.append((byte) 0);
    }
}
