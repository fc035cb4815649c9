package io.jenkins.plugins.clickpipe.engine.types;

import io.jenkins.plugins.clickpipe.engine.EngineException;

/** Text that PostgreSQL does not print for the column's type: wrong session settings, or a table that has changed. */
public final class EncodingException extends EngineException {
    private static final long serialVersionUID = 1L;

    EncodingException(String message) {
        super(message);
    }

    static EncodingException otherColumns(int expected) {
        return new EncodingException("A COPY row has another number of fields than the " + expected
                + " columns. The table has been altered; run the resync again.");
    }

    /** For text that does not have the form of its type. */
    static EncodingException malformed(String type, byte[] text, int from, int to) {
        return new EncodingException("PostgreSQL sent " + ShortenedText.of(text, from, to) + ", which is no " + type
                + " in the form the engine asks for. If the table has just been altered, run the resync again.");
    }
}
