package io.jenkins.plugins.clickpipe.engine.types;

/** Writes one field of COPY that arrives in parts, so that a long value needs no memory of its own size. */
interface FieldParts {
    /** Appends what {@code field[from, to)} gives, in text with COPY's escapes; the field is not NULL. */
    void append(byte[] field, int from, int to, RowBuffer out);

    /** Bytes that wait for more to come. */
    int held();

    /**
     * The field is complete.
     *
     * @return how much of the value arrived; never {@link ValueEncoder.Outcome#UNREPRESENTABLE}
     * @throws EncodingException when it was none that PostgreSQL prints for the type
     */
    ValueEncoder.Outcome end(RowBuffer out);
}
