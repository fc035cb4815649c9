package io.jenkins.plugins.clickpipe.engine.target;

import java.util.List;
import java.util.UUID;

/**
 * A table as it stands in ClickHouse.
 *
 * @param uuid stays with the data through EXCHANGE and RENAME
 * @param engine for example {@code ReplacingMergeTree}, without parameters
 * @param engineFull the engine clause with everything after it, as in {@code system.tables.engine_full}
 * @param sortingKey the expressions of ORDER BY, as text; empty for {@code tuple()}
 */
public record TargetTable(
        String name,
        UUID uuid,
        String engine,
        String engineFull,
        String sortingKey,
        String comment,
        String createQuery,
        long rows,
        long bytes,
        List<TargetColumn> columns) {
    public TargetTable {
        columns = List.copyOf(columns);
    }

    public boolean hasColumn(String column) {
        return columns.stream().anyMatch(c -> c.name().equals(column));
    }
}
