package io.jenkins.plugins.clickpipe.engine.types;

/**
 * Values of a fixed length whose bytes ClickHouse has in the other order, and else the same: integers, booleans, times.
 * A UUID is two of eight bytes, the upper half first.
 */
final class BinaryNumber implements BinaryEncoder {
    private final int length;
    private final int word;

    /**
     * @param length bytes of a value
     * @param word bytes that are turned around together
     */
    BinaryNumber(int length, int word) {
        this.length = length;
        this.word = word;
    }

    static BinaryNumber ofBytes(int length) {
        return new BinaryNumber(length, length);
    }

    @Override
    public ValueEncoder.Outcome encode(byte[] value, int from, int to, RowBuffer out) {
        BinaryValues.requireLength(length, from, to);
        for (int i = from; i < to; i += word) {
            out.appendReversed(value, i, i + word);
        }
        return ValueEncoder.Outcome.EXACT;
    }

    @Override
    public void appendDefault(RowBuffer out) {
        out.append(new byte[length]);
    }
}
