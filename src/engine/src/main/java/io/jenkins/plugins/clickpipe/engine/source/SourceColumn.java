package io.jenkins.plugins.clickpipe.engine.source;

import io.jenkins.plugins.clickpipe.engine.types.PostgresType;

/**
 * A column of a source table.
 *
 * @param typeOid {@code pg_attribute.atttypid}
 * @param typeText the type as PostgreSQL writes it, for example {@code numeric(10,2)}
 * @param generated how the value comes about
 */
public record SourceColumn(
        String name, long typeOid, PostgresType type, String typeText, boolean notNull, Generated generated) {
    /** {@code pg_attribute.attgenerated}. */
    public enum Generated {
        NO,
        STORED,
        VIRTUAL
    }
}
