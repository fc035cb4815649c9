package io.jenkins.plugins.clickpipe.engine.types;

import java.time.LocalDate;

/**
 * timestamp and timestamptz, microseconds since 2000-01-01 with the extremes as infinities, into DateTime64(6),
 * microseconds since 1970-01-01.
 */
final class BinaryTimestamp implements BinaryEncoder {
    private static final long EPOCH = microseconds(LocalDate.of(2000, 1, 1));
    private static final long FIRST = microseconds(DateText.FIRST_DAY) - EPOCH;
    private static final long END = microseconds(DateText.LAST_DAY.plusDays(1)) - EPOCH;

    private static long microseconds(LocalDate day) {
        return day.toEpochDay() * 86_400_000_000L;
    }

    @Override
    public ValueEncoder.Outcome encode(byte[] value, int from, int to, RowBuffer out) {
        BinaryValues.requireLength(Long.BYTES, from, to);
        long microseconds = BinaryValues.int64(value, from);
        if (microseconds < FIRST || microseconds >= END) {
            return ValueEncoder.Outcome.UNREPRESENTABLE;
        }
        out.appendLittleEndian(microseconds + EPOCH);
        return ValueEncoder.Outcome.EXACT;
    }

    @Override
    public void appendDefault(RowBuffer out) {
        out.append(new byte[Long.BYTES]);
    }
}
