package io.jenkins.plugins.clickpipe.engine.types;

import java.math.BigInteger;

/**
 * numeric into {@code Decimal(precision, scale)} by the rules of {@link DecimalEncoder}. PostgreSQL sends the number of
 * its digits, the weight of the first, a sign, the scale that it shows, and digits of base 10,000, of which the first
 * is worth 10,000 to the power of the weight (numeric_send); RowBinary has an integer of 4, 8, 16 or 32 bytes.
 */
final class BinaryDecimal implements BinaryEncoder {
    private static final int HEADER = 8;
    private static final int GROUP = 4;
    private static final int BASE = 10_000;
    private static final int NEGATIVE = 0x4000;
    private static final int NAN = 0xC000;
    private static final int INFINITY = 0xD000;
    private static final int NEGATIVE_INFINITY = 0xF000;
    private static final int[] POWERS = {1, 10, 100, 1_000, BASE};

    private final int integerDigits;
    private final int bytes;
    private final BigInteger limit;
    /** Weight of the last group of which digits are kept. */
    private final int lastWeight;
    /** By this the last group is divided: what remains is beyond the scale. */
    private final int divisor;

    BinaryDecimal(int precision, int scale) {
        this.integerDigits = precision - scale;
        this.bytes = precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32;
        this.limit = BigInteger.TEN.pow(precision);
        this.lastWeight = -Math.floorDiv(scale + GROUP - 1, GROUP);
        this.divisor = POWERS[Math.floorMod(-scale, GROUP)];
    }

    @Override
    public ValueEncoder.Outcome encode(byte[] value, int from, int to, RowBuffer out) {
        if (to - from < HEADER) {
            throw malformed();
        }
        int sign = BinaryValues.int16(value, from + 4) & 0xFFFF;
        if (sign == NAN || sign == INFINITY || sign == NEGATIVE_INFINITY) {
            return ValueEncoder.Outcome.UNREPRESENTABLE;
        }
        int groups = BinaryValues.int16(value, from) & 0xFFFF;
        if (to - from != HEADER + 2 * groups || sign != 0 && sign != NEGATIVE) {
            throw malformed();
        }
        return encode(value, from + HEADER, to, BinaryValues.int16(value, from + 2), sign == NEGATIVE, out);
    }

    private ValueEncoder.Outcome encode(
            byte[] value, int from, int to, int firstWeight, boolean negative, RowBuffer out) {
        int i = from;
        int weight = firstWeight;
        while (i < to && BinaryValues.int16(value, i) == 0) {
            i += 2;
            weight--;
        }
        if (i < to && integerDigits(BinaryValues.int16(value, i), weight) > integerDigits) {
            return ValueEncoder.Outcome.UNREPRESENTABLE;
        }
        UnscaledValue unscaled = new UnscaledValue();
        int dropped = 0;
        for (; weight >= lastWeight; weight--) {
            int group = i < to ? BinaryValues.int16(value, i) : 0;
            i += 2;
            if (weight > lastWeight) {
                unscaled.append(BASE, group);
            } else {
                unscaled.append(BASE / divisor, group / divisor);
                dropped = group % divisor;
            }
        }
        boolean up = divisor > 1
                ? dropped >= divisor / 2
                : i < to && weight == lastWeight - 1 && BinaryValues.int16(value, i) >= BASE / 2;
        if (up) {
            unscaled.increment();
            if (unscaled.toBigInteger().equals(limit)) {
                return ValueEncoder.Outcome.UNREPRESENTABLE;
            }
        }
        unscaled.writeTo(out, negative, bytes);
        return dropped > 0 || hasDigits(value, i, to) ? ValueEncoder.Outcome.ALTERED : ValueEncoder.Outcome.EXACT;
    }

    private static int integerDigits(int firstGroup, int weight) {
        int digits = 1;
        while (digits < GROUP && firstGroup >= POWERS[digits]) {
            digits++;
        }
        return digits + GROUP * weight;
    }

    private static boolean hasDigits(byte[] value, int from, int to) {
        for (int i = from; i < to; i++) {
            if (value[i] != 0) {
                return true;
            }
        }
        return false;
    }

    private static EncodingException malformed() {
        return new EncodingException("PostgreSQL sent a numeric value that has not the form the engine expects.");
    }

    @Override
    public void appendDefault(RowBuffer out) {
        out.append(new byte[bytes]);
    }
}
