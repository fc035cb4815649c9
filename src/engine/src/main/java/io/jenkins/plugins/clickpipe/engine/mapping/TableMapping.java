package io.jenkins.plugins.clickpipe.engine.mapping;

import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.source.SourceColumn;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.target.TableDefinition;
import io.jenkins.plugins.clickpipe.engine.target.TargetColumn;
import io.jenkins.plugins.clickpipe.engine.types.ColumnMapping;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A source table with its destination: columns, sorting key, engine.
 *
 * @param target the name that readers use
 * @param columns the replicated columns, in the source's order
 * @param sortingKey columns of ORDER BY; empty for a table without a key
 * @param identity columns that name a row: the primary key, or those of the replica identity; empty when none do
 * @param partitionKey column whose ranges cut the initial load; empty for the engine's choice
 */
public record TableMapping(
        SourceTable source,
        String target,
        List<MappedColumn> columns,
        List<String> sortingKey,
        List<String> identity,
        TableEngine engine,
        Optional<String> partitionBy,
        Optional<SourceColumn> partitionKey) {
    private static final String RESYNC_SUFFIX = "_resync";

    public TableMapping {
        Objects.requireNonNull(source);
        Objects.requireNonNull(target);
        columns = List.copyOf(columns);
        sortingKey = List.copyOf(sortingKey);
        identity = List.copyOf(identity);
    }

    /** The name under which a resync loads the new data. */
    public String resyncTarget() {
        return target + RESYNC_SUFFIX;
    }

    /** The same with another destination. */
    public TableMapping into(String otherTarget) {
        return new TableMapping(source, otherTarget, columns, sortingKey, identity, engine, partitionBy, partitionKey);
    }

    public List<String> columnNames() {
        return columns.stream().map(MappedColumn::name).toList();
    }

    public List<ColumnMapping> columnMappings() {
        return columns.stream().map(MappedColumn::mapping).toList();
    }

    public TableDefinition definition() {
        return new TableDefinition(
                columns.stream()
                        .map(c -> new TargetColumn(c.name(), c.mapping().clickHouseType()))
                        .toList(),
                engine,
                sortingKey,
                partitionBy);
    }
}
