package io.jenkins.plugins.clickpipe.engine.types;

import java.time.LocalDate;

/** date, days since 2000-01-01 with the extremes as infinities, into Date32, days since 1970-01-01. */
final class BinaryDate implements BinaryEncoder {
    private static final int EPOCH = (int) LocalDate.of(2000, 1, 1).toEpochDay();
    private static final int FIRST = (int) DateText.FIRST_DAY.toEpochDay();
    private static final int LAST = (int) DateText.LAST_DAY.toEpochDay();

    @Override
    public ValueEncoder.Outcome encode(byte[] value, int from, int to, RowBuffer out) {
        BinaryValues.requireLength(Integer.BYTES, from, to);
        long day = (long) BinaryValues.int32(value, from) + EPOCH;
        if (day < FIRST || day > LAST) {
            return ValueEncoder.Outcome.UNREPRESENTABLE;
        }
        out.appendLittleEndian((int) day);
        return ValueEncoder.Outcome.EXACT;
    }

    /** ClickHouse's default of Date32 is its first day. */
    @Override
    public void appendDefault(RowBuffer out) {
        out.appendLittleEndian(FIRST);
    }
}
