package io.jenkins.plugins.clickpipe.engine.types;

/** Integers in the network's byte order, as PostgreSQL sends them. */
final class BinaryValues {
    private BinaryValues() {}

    static int int16(byte[] bytes, int at) {
        return (short) (bytes[at] << 8 | bytes[at + 1] & 0xFF);
    }

    static int int32(byte[] bytes, int at) {
        return bytes[at] << 24 | (bytes[at + 1] & 0xFF) << 16 | (bytes[at + 2] & 0xFF) << 8 | bytes[at + 3] & 0xFF;
    }

    static long int64(byte[] bytes, int at) {
        return (long) int32(bytes, at) << 32 | int32(bytes, at + 4) & 0xFFFFFFFFL;
    }

    /** @throws EncodingException for a value of another length */
    static void requireLength(int length, int from, int to) {
        if (to - from != length) {
            throw new EncodingException("PostgreSQL sent a value of " + (to - from) + " bytes where " + length
                    + " were expected. If the table has just been altered, run the resync again.");
        }
    }
}
