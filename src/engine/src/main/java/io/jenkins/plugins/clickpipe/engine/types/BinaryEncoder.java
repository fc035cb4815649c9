package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Optional;

/**
 * Turns one value of COPY's binary format, which is what the type's send function gives, into a value of ClickHouse's
 * RowBinary. Immutable: one encoder serves all threads.
 */
public interface BinaryEncoder {
    /**
     * Appends a value that is not NULL.
     *
     * @param value holds it in {@code [from, to)}
     * @throws EncodingException when it has not the form of its type
     */
    ValueEncoder.Outcome encode(byte[] value, int from, int to, RowBuffer out);

    /** Appends what stands for NULL, and for what cannot be held, where the column is not nullable. */
    void appendDefault(RowBuffer out);

    /**
     * How a value can be written part by part; what has to stand before the first part is appended.
     *
     * @param length of the whole value, in bytes
     * @return empty where the whole of it is needed; nothing is appended then
     */
    default Optional<FieldParts> inParts(int length, RowBuffer out) {
        return Optional.empty();
    }
}
