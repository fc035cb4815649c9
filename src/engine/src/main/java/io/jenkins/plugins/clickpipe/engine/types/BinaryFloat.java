package io.jenkins.plugins.clickpipe.engine.types;

/** float4 and float8, and a point of two float8. Every NaN becomes the one that ClickHouse reads from text. */
final class BinaryFloat implements BinaryEncoder {
    private static final int SINGLE = 4;

    private final int bytes;
    private final int count;

    /**
     * @param bytes of one number, 4 or 8
     * @param count of numbers in a value
     */
    BinaryFloat(int bytes, int count) {
        this.bytes = bytes;
        this.count = count;
    }

    @Override
    public ValueEncoder.Outcome encode(byte[] value, int from, int to, RowBuffer out) {
        BinaryValues.requireLength(bytes * count, from, to);
        for (int i = from; i < to; i += bytes) {
            if (bytes == SINGLE) {
                // floatToIntBits has one pattern for all NaNs
                out.appendLittleEndian(Float.floatToIntBits(Float.intBitsToFloat(BinaryValues.int32(value, i))));
            } else {
                out.appendLittleEndian(Double.doubleToLongBits(Double.longBitsToDouble(BinaryValues.int64(value, i))));
            }
        }
        return ValueEncoder.Outcome.EXACT;
    }

    @Override
    public void appendDefault(RowBuffer out) {
        out.append(new byte[bytes * count]);
    }
}
