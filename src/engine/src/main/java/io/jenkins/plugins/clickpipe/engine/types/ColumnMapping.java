package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;
import java.util.Optional;

/**
 * How one column arrives in ClickHouse; immutable and shared by all workers.
 *
 * @param name the column's name on both sides
 * @param clickHouseType as in DDL, for example {@code Nullable(Decimal(10, 2))}
 * @param encoder writes a TabSeparated field from a value's text
 * @param verbatim every COPY field but NULL can be passed through untouched, escapes included
 * @param nullable the destination column takes NULL
 * @param defaultText the TabSeparated field that stands for NULL, and for what cannot be held, where not nullable
 * @param nullExpected a NULL that becomes {@code defaultText} is no alteration, since the user has turned nullable
 *     columns off
 * @param sourceNotNull the source column has NOT NULL
 * @param binary how the values get there in binary formats; empty where they have to be text
 */
public record ColumnMapping(
        String name,
        String clickHouseType,
        ValueEncoder encoder,
        boolean verbatim,
        boolean nullable,
        String defaultText,
        boolean nullExpected,
        boolean sourceNotNull,
        Optional<BinaryForm> binary) {
    public ColumnMapping {
        Objects.requireNonNull(name);
        Objects.requireNonNull(clickHouseType);
        Objects.requireNonNull(encoder);
        Objects.requireNonNull(defaultText);
        Objects.requireNonNull(binary);
    }

    /**
     * The same values into a column of which only nullability is other.
     *
     * @param type the column's type in ClickHouse
     */
    public ColumnMapping into(String type, boolean takesNull) {
        return new ColumnMapping(
                name,
                type,
                encoder,
                verbatim,
                takesNull,
                defaultText,
                nullExpected,
                sourceNotNull && !takesNull,
                binary);
    }

    /** Whether no COPY field of this column, NULL included, needs a look. */
    boolean passesThrough() {
        return verbatim && (nullable || sourceNotNull);
    }
}
