package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;

/**
 * How a column's values get from COPY's binary format into RowBinary.
 *
 * @param asText PostgreSQL is asked for the value's text, since ClickHouse's column holds that
 */
public record BinaryForm(BinaryEncoder encoder, boolean asText) {
    /** The text of a value, by the output function of its type, as COPY's text format has it. */
    static final BinaryForm TEXT_OF_VALUE = new BinaryForm(BinaryString.TEXT, true);

    public BinaryForm {
        Objects.requireNonNull(encoder);
    }

    static BinaryForm of(BinaryEncoder encoder) {
        return new BinaryForm(encoder, false);
    }

    /**
     * What a SELECT asks for. A cast to text would do for most types, but inet, boolean, char(n) and others have casts
     * that do not give their text.
     */
    String expression(String quotedColumn) {
        // IS NOT NULL is false of a row with a NULL in it
        return asText
                ? "CASE WHEN " + quotedColumn + " IS DISTINCT FROM NULL THEN format('%s', " + quotedColumn + ") END"
                : quotedColumn;
    }
}
