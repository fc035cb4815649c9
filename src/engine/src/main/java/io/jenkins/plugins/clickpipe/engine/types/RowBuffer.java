package io.jenkins.plugins.clickpipe.engine.types;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** Bytes that grow at the end; one thread at a time. */
public final class RowBuffer {
    /** Each smaller array is copied and left to the collector, which copies large ones once more. */
    private static final long FAST_GROWTH = 8;

    private static final int MOST_DIGITS = 20;

    private final int expected;
    private final long growth;
    private byte[] bytes;
    private int length;

    public RowBuffer() {
        this(8192);
    }

    /** @param capacity bytes it holds before it grows, at least 1 */
    public RowBuffer(int capacity) {
        this(capacity, Integer.MAX_VALUE, 2);
    }

    /**
     * @param capacity bytes it holds before it grows, at least 1
     * @param expected bytes that it seldom outgrows: until then it grows fast, beyond it to what is needed
     */
    public RowBuffer(int capacity, int expected) {
        this(capacity, expected, FAST_GROWTH);
    }

    private RowBuffer(int capacity, int expected, long growth) {
        this.expected = expected;
        this.growth = growth;
        this.bytes = new byte[Math.max(1, capacity)];
    }

    public int length() {
        return length;
    }

    /** The array behind it, valid up to {@link #length()} and until the next append. */
    public byte[] bytes() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    public void append(byte value) {
        if (length == bytes.length) {
            ensureCapacity(1);
        }
        bytes[length++] = value;
    }

    public void append(char asciiCharacter) {
        append((byte) asciiCharacter);
    }

    public void append(byte[] source) {
        append(source, 0, source.length);
    }

    /** Appends {@code source[from, to)}. */
    public void append(byte[] source, int from, int to) {
        int count = to - from;
        if (bytes.length - length < count) {
            ensureCapacity(count);
        }
        System.arraycopy(source, from, bytes, length, count);
        length += count;
    }

    /** Appends {@code source[from, to)} with the last byte first. */
    void appendReversed(byte[] source, int from, int to) {
        ensureCapacity(to - from);
        for (int i = to - 1; i >= from; i--) {
            bytes[length++] = source[i];
        }
    }

    void appendLittleEndian(int value) {
        ensureCapacity(Integer.BYTES);
        bytes[length] = (byte) value;
        bytes[length + 1] = (byte) (value >> 8);
        bytes[length + 2] = (byte) (value >> 16);
        bytes[length + 3] = (byte) (value >> 24);
        length += Integer.BYTES;
    }

    void appendLittleEndian(long value) {
        appendLittleEndian((int) value);
        appendLittleEndian((int) (value >> 32));
    }

    /** Appends a length in seven bits a byte, the lowest first (ClickHouse documentation, "RowBinary"). */
    void appendVarUInt(int value) {
        int rest = value;
        while (rest >>> 7 != 0) {
            append((byte) (rest | 0x80));
            rest >>>= 7;
        }
        append((byte) rest);
    }

    /** Appends the decimal digits of an unsigned number. */
    public void appendUnsigned(long value) {
        if (value < 0) {
            append(Long.toUnsignedString(value).getBytes(StandardCharsets.US_ASCII));
            return;
        }
        ensureCapacity(MOST_DIGITS);
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        length += digits;
        long rest = value;
        for (int i = length - 1; i >= length - digits; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /**
     * Makes room for so many more bytes.
     *
     * @throws OutOfMemoryError beyond what one array can hold, about 2 GiB
     */
    public void ensureCapacity(int more) {
        long needed = (long) length + more;
        if (needed <= bytes.length) {
            return;
        }
        if (needed > Integer.MAX_VALUE - 8) {
            throw new OutOfMemoryError("more than 2 GiB in one buffer");
        }
        long grown = Math.min(bytes.length * growth, expected);
        long larger = needed <= expected ? Math.max(needed, grown) : needed + needed / 4;
        bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, larger));
    }

    /** Forgets everything after the first so many bytes. */
    public void truncate(int newLength) {
        Objects.checkFromToIndex(0, newLength, length);
        length = newLength;
    }

    public void clear() {
        length = 0;
    }

    /** Forgets so many bytes at the beginning. */
    void removeFirst(int count) {
        Objects.checkFromToIndex(0, count, length);
        if (count > 0) {
            System.arraycopy(bytes, count, bytes, 0, length - count);
            length -= count;
        }
    }

    /** Forgets everything, and the memory beyond a capacity. */
    public void release(int capacity) {
        length = 0;
        if (bytes.length > capacity) {
            bytes = new byte[capacity];
        }
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
    }

    /** Its bytes read as UTF-8. */
    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
