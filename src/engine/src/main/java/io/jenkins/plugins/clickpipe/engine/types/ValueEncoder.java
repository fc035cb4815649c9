package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Optional;

/**
 * Turns one value's text as PostgreSQL prints it into the text that ClickHouse reads in a TabSeparated field.
 * Immutable: one encoder serves all threads.
 */
public interface ValueEncoder {
    /** How much of a value arrived. */
    enum Outcome {
        /** The destination holds the value as it was. */
        EXACT,
        /** Something was written that is near the value, but not it. */
        ALTERED,
        /** Nothing was written: the destination type has no such value. */
        UNREPRESENTABLE
    }

    /**
     * Appends a value that is not NULL.
     *
     * @param text holds the value in {@code [from, to)}, without COPY's escapes
     * @throws EncodingException when the text is none that PostgreSQL prints for this type under the session settings
     *     the engine makes
     */
    Outcome encode(byte[] text, int from, int to, RowBuffer out);

    /**
     * Whether the bytes of a COPY field can be passed through as they stand, escapes included. False makes no promise;
     * {@link #encode} then decides.
     */
    default boolean unchanged(byte[] field, int from, int to) {
        return false;
    }

    /** How a COPY field that is not NULL can be written part by part; empty where the whole of it is needed. */
    default Optional<FieldParts> inParts() {
        return Optional.empty();
    }
}
