package io.jenkins.plugins.clickpipe.engine.types;

/** Writes one COPY field that arrives in parts, so that a long value needs no memory of its own size. */
interface FieldParts {
    /** Appends what {@code field[from, to)} gives, COPY's escapes included; the field is not NULL. */
    void append(byte[] field, int from, int to, RowBuffer out);

    /**
     * The field is complete.
     *
     * @throws EncodingException when it was none that PostgreSQL prints for the type
     */
    void end();
}
