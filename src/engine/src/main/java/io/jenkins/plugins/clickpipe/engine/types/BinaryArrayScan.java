package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;

/**
 * Reads one array from its beginning to its end, in one piece or in several, and writes its elements. PostgreSQL sends
 * the number of dimensions, whether there are NULLs, the type of the elements, size and lower bound of each dimension,
 * and of each element its length, -1 for NULL, and its bytes (array_send).
 */
final class BinaryArrayScan {
    private static final int HEADER = 12;
    private static final int DIMENSION = 8;
    private static final int LENGTH = 4;
    /** PostgreSQL's MAXDIM. */
    private static final int MOST_DIMENSIONS = 6;

    private final BinaryEncoder element;
    private boolean begun;
    private boolean altered;
    private int left;

    BinaryArrayScan(BinaryEncoder element) {
        this.element = Objects.requireNonNull(element);
    }

    /**
     * Takes what is complete in {@code bytes[from, to)}.
     *
     * @return where the next part has to begin
     */
    int take(byte[] bytes, int from, int to, RowBuffer out) {
        int i = begun ? from : begin(bytes, from, to, out);
        while (left > 0 && to - i >= LENGTH) {
            int length = BinaryValues.int32(bytes, i);
            if (length > to - i - LENGTH) {
                break;
            }
            i += LENGTH;
            if (length < 0) {
                out.append((byte) 1);
            } else {
                element(bytes, i, i + length, out);
                i += length;
            }
            left--;
        }
        return i;
    }

    private int begin(byte[] bytes, int from, int to, RowBuffer out) {
        int dimensions = to - from < HEADER ? 0 : BinaryValues.int32(bytes, from);
        if (dimensions < 0 || dimensions > MOST_DIMENSIONS) {
            throw malformed();
        }
        if (to - from < HEADER + DIMENSION * dimensions) {
            return from;
        }
        begun = true;
        left = dimensions == 0 ? 0 : 1;
        altered = dimensions > 1;
        int i = from + HEADER;
        for (int d = 0; d < dimensions; d++) {
            left = Math.multiplyExact(left, BinaryValues.int32(bytes, i));
            altered |= BinaryValues.int32(bytes, i + 4) != 1;
            i += DIMENSION;
        }
        out.appendVarUInt(left);
        return i;
    }

    private void element(byte[] bytes, int from, int to, RowBuffer out) {
        int start = out.length();
        out.append((byte) 0);
        ValueEncoder.Outcome outcome = element.encode(bytes, from, to, out);
        altered |= outcome != ValueEncoder.Outcome.EXACT;
        if (outcome == ValueEncoder.Outcome.UNREPRESENTABLE) {
            out.truncate(start);
            out.append((byte) 1);
        }
    }

    /** @param unread bytes that were given but not taken */
    ValueEncoder.Outcome end(int unread) {
        if (!begun || left != 0 || unread != 0) {
            throw malformed();
        }
        return altered ? ValueEncoder.Outcome.ALTERED : ValueEncoder.Outcome.EXACT;
    }

    private static EncodingException malformed() {
        return new EncodingException("PostgreSQL sent an array that has not the form the engine expects.");
    }
}
