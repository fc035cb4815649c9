package io.jenkins.plugins.clickpipe.engine.types;

import java.math.BigInteger;

/** The digits of a decimal as one whole number of at most 256 bits; in a long as long as it fits. */
final class UnscaledValue {
    private static final int LIMBS = 8;
    private static final long UNSIGNED = 0xFFFFFFFFL;
    private static final long MOST_TO_MULTIPLY = (Long.MAX_VALUE - 9_999) / 10_000;

    private long small;
    private int[] limbs;
    private int used;

    /**
     * Appends digits at the right.
     *
     * @param power of ten, 10,000 at most
     * @param digits less than that
     */
    void append(int power, int digits) {
        if (limbs == null && small <= MOST_TO_MULTIPLY) {
            small = small * power + digits;
            return;
        }
        if (limbs == null) {
            limbs = new int[LIMBS];
            limbs[0] = (int) small;
            limbs[1] = (int) (small >>> 32);
            used = 2;
        }
        multiplyAndAdd(power, digits);
    }

    void increment() {
        append(1, 1);
    }

    private void multiplyAndAdd(int factor, int summand) {
        long carry = summand;
        for (int i = 0; i < used; i++) {
            long product = (limbs[i] & UNSIGNED) * factor + carry;
            limbs[i] = (int) product;
            carry = product >>> 32;
        }
        if (carry != 0) {
            limbs[used++] = (int) carry;
        }
    }

    /** Appends it, or its negative, in two's complement, the lowest byte first. */
    void writeTo(RowBuffer out, boolean negative, int bytes) {
        long sign = negative ? -1 : 0;
        long carry = negative ? 1 : 0;
        for (int i = 0; i < bytes / Integer.BYTES; i++) {
            long limb = (limb(i) ^ sign & UNSIGNED) + carry;
            out.appendLittleEndian((int) limb);
            carry = limb >>> 32;
        }
    }

    private long limb(int i) {
        if (limbs != null) {
            return limbs[i] & UNSIGNED;
        }
        return i == 0 ? small & UNSIGNED : i == 1 ? small >>> 32 : 0;
    }

    BigInteger toBigInteger() {
        BigInteger value = BigInteger.ZERO;
        for (int i = LIMBS - 1; i >= 0; i--) {
            value = value.shiftLeft(32).add(BigInteger.valueOf(limb(i)));
        }
        return value;
    }
}
