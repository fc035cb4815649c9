package io.jenkins.plugins.clickpipe.engine.definition;

import java.util.List;

/**
 * What a pipe file says: one named replication from a PostgreSQL database to a ClickHouse database.
 *
 * @param name 1 to 50 of {@code A-Za-z0-9_-}
 * @param tables at least one rule; rules are matched in order, the first match of a source table wins
 */
public record PipeDefinition(
        String name, SourceServer source, TargetServer target, List<TableRule> tables, Settings settings) {
    public PipeDefinition {
        tables = List.copyOf(tables);
    }
}
