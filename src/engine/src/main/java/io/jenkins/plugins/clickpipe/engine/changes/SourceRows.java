package io.jenkins.plugins.clickpipe.engine.changes;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Reads rows of the source as they are now. */
public interface SourceRows {
    /** For where the source cannot be asked. */
    SourceRows NONE = (table, keys) -> Map.of();

    /**
     * The rows there are of these keys, with a value for each of the table's columns in PostgreSQL's text form.
     */
    Map<RowKey, List<Value>> current(ReplicatedTable table, Collection<RowKey> keys);
}
