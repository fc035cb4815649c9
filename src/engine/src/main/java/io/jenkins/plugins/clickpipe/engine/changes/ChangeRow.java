package io.jenkins.plugins.clickpipe.engine.changes;

import java.util.List;

/**
 * A row of a destination table.
 *
 * @param values one for each of the table's columns: NULL, text, or what the destination itself gave out
 * @param version for {@code _peerdb_version}: a WAL position, unsigned
 * @param deleted for {@code _peerdb_is_deleted}
 */
public record ChangeRow(List<Value> values, long version, boolean deleted) {
    public ChangeRow {
        values = List.copyOf(values);
    }
}
