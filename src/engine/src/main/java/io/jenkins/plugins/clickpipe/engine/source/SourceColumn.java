package io.jenkins.plugins.clickpipe.engine.source;

import io.jenkins.plugins.clickpipe.engine.types.PostgresType;
import java.util.Optional;

/**
 * A column of a source table.
 *
 * @param number {@code pg_attribute.attnum}: stays with the column through a rename and is never used again
 * @param typeOid {@code pg_attribute.atttypid}
 * @param typeText the type as PostgreSQL writes it, for example {@code numeric(10,2)}
 * @param generated how the value comes about
 * @param older what rows have that were written before the column was added
 */
public record SourceColumn(
        String name,
        int number,
        long typeOid,
        PostgresType type,
        String typeText,
        boolean notNull,
        Generated generated,
        Older older) {
    /**
     * The column's value in rows that are older than the column.
     *
     * @param value {@code pg_attribute.attmissingval} as text: the constant of {@code ADD COLUMN ... DEFAULT}
     * @param perRow without a constant: such rows may have values of their own, because the column has a default,
     *     identity or generation expression that the server evaluated for each of them
     */
    public record Older(Optional<String> value, boolean perRow) {}

    /** {@code pg_attribute.attgenerated}. */
    public enum Generated {
        NO,
        STORED,
        VIRTUAL
    }
}
