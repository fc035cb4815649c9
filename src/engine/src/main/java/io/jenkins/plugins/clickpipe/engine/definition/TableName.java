package io.jenkins.plugins.clickpipe.engine.definition;

import java.util.Objects;

/** A table of the source, as the catalog names it: without quotes, in its own case. */
public record TableName(String schema, String table) {
    public TableName {
        Objects.requireNonNull(schema);
        Objects.requireNonNull(table);
    }

    /** For people, for example {@code public.orders}. */
    @Override
    public String toString() {
        return schema + "." + table;
    }
}
