package io.jenkins.plugins.clickpipe.engine.source;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * A relation as a publication names it: a table, or a partition that is published by itself.
 *
 * @param columns those that it publishes; empty on servers that publish all of them (before PostgreSQL 15)
 * @param filter the rows that it publishes, as SQL; empty for all
 */
public record PublishedRelation(String schema, String name, Optional<List<String>> columns, Optional<String> filter) {
    public PublishedRelation {
        requireNonNull(schema);
        requireNonNull(name);
        columns = columns.map(List::copyOf);
        requireNonNull(filter);
    }

    /** For people, for example {@code public.orders}. */
    public String qualifiedName() {
        return schema + "." + name;
    }
}
