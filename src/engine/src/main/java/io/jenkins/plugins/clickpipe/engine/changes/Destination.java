package io.jenkins.plugins.clickpipe.engine.changes;

import java.util.List;
import java.util.Optional;

/**
 * Where changes go. Every call returns after the destination has accepted the rows; a fault is an exception. The same
 * call may come again with the same token after a crash, and its rows are then kept once.
 */
public interface Destination {
    /**
     * Adds rows.
     *
     * @param rows at least one; a repeated call may carry other rows than the first under the same token when values
     *     were completed meanwhile, each as good as the other
     */
    void insert(ReplicatedTable table, List<ChangeRow> rows, String token);

    /**
     * The newest state, deleted ones included, of rows before a version.
     *
     * @return one for each of the first lookups, in their order, as many as do not take too much memory, and one at least;
     *     empty where there is no row. Values are {@link Value.Stored} or NULL
     */
    List<Optional<ChangeRow>> latestRows(ReplicatedTable table, List<Lookup> lookups);

    /**
     * Adds a tombstone of this version for every row whose newest state is alive and older than the version. All
     * rows inserted before are seen.
     */
    void tombstoneAll(ReplicatedTable table, long version, String token);

    /**
     * A row to look for.
     *
     * @param before exclusive bound of its version, unsigned
     */
    record Lookup(RowKey key, long before) {}
}
