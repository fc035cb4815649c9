package io.jenkins.plugins.clickpipe.engine.source;

import static java.util.Objects.requireNonNull;

/**
 * What a relation is at a moment, so far as reading it under an older snapshot depends on that.
 *
 * @param fileNode its storage, which is another one after every rewrite ({@code pg_class.relfilenode}); 0 for one without rows
 *     of its own
 * @param structure stands for its columns, keys and replica identity; another one after each change of them, also after one
 *     that was taken back
 */
public record RelationState(long oid, String schema, String name, long fileNode, String structure) {
    public RelationState {
        requireNonNull(schema);
        requireNonNull(name);
        requireNonNull(structure);
    }

    public String quoted() {
        return SourceSql.quote(schema, name);
    }
}
