package io.jenkins.plugins.clickpipe.engine.types;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/**
 * PostgreSQL's numeric into {@code Decimal(precision, scale)}. NaN, the infinities and too many integer digits cannot
 * be held; digits beyond the scale are rounded half up, away from zero, which alters the value.
 */
final class DecimalEncoder implements ValueEncoder {
    private final int integerDigits;
    private final int scale;

    DecimalEncoder(int precision, int scale) {
        if (scale < 0 || scale > precision || precision > 76) {
            throw new IllegalArgumentException("Decimal(" + precision + ", " + scale + ")");
        }
        this.integerDigits = precision - scale;
        this.scale = scale;
    }

    @Override
    public boolean unchanged(byte[] field, int from, int to) {
        int start = from < to && field[from] == '-' ? from + 1 : from;
        int point = endOfDigits(field, start, to);
        if (point == start || significant(field, start, point) > integerDigits) {
            return false;
        }
        return point == to
                || (field[point] == '.' && to - point - 1 <= scale && endOfDigits(field, point + 1, to) == to);
    }

    @Override
    public Outcome encode(byte[] text, int from, int to, RowBuffer out) {
        if (unchanged(text, from, to)) {
            out.append(text, from, to);
            return Outcome.EXACT;
        }
        int start = from < to && text[from] == '-' ? from + 1 : from;
        int point = endOfDigits(text, start, to);
        if (point == start) {
            if (isWord(text, start, to)) {
                return Outcome.UNREPRESENTABLE;
            }
            throw EncodingException.malformed("numeric", text, from, to);
        }
        if (point < to && (text[point] != '.' || endOfDigits(text, point + 1, to) != to)) {
            throw EncodingException.malformed("numeric", text, from, to);
        }
        if (significant(text, start, point) > integerDigits) {
            return Outcome.UNREPRESENTABLE;
        }
        int end = to;
        while (end > point && text[end - 1] == '0') {
            end--;
        }
        if (end - point - 1 <= scale) {
            out.append(text, from, end == point + 1 ? point : end);
            return Outcome.EXACT;
        }
        return round(text, from, point, out);
    }

    /** One digit beyond the scale decides, so that a value with 16,383 of them costs no more than one with 39. */
    private Outcome round(byte[] text, int from, int point, RowBuffer out) {
        String kept = new String(text, from, point + scale + 2 - from, StandardCharsets.US_ASCII);
        BigDecimal rounded = new BigDecimal(kept).setScale(scale, RoundingMode.HALF_UP);
        if (rounded.precision() - scale > integerDigits) {
            return Outcome.UNREPRESENTABLE;
        }
        out.append(rounded.toPlainString().getBytes(StandardCharsets.US_ASCII));
        return Outcome.ALTERED;
    }

    private static boolean isWord(byte[] text, int start, int to) {
        String word = new String(text, start, Math.min(to - start, 9), StandardCharsets.US_ASCII);
        return word.equals("NaN") || word.equals("Infinity");
    }

    private static int endOfDigits(byte[] text, int from, int to) {
        int i = from;
        while (i < to && text[i] >= '0' && text[i] <= '9') {
            i++;
        }
        return i;
    }

    /** Integer digits without leading zeros. */
    private static int significant(byte[] text, int from, int to) {
        int i = from;
        while (i < to && text[i] == '0') {
            i++;
        }
        return to - i;
    }
}
