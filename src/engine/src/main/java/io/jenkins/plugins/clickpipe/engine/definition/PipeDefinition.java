package io.jenkins.plugins.clickpipe.engine.definition;

import java.util.List;
import java.util.Optional;

/**
 * What a pipe file says: one named replication from a PostgreSQL database to a ClickHouse database.
 *
 * @param name 1 to 50 of {@code A-Za-z0-9_-}
 * @param owner whom the pipe is for, 1 to 200 characters without control characters; a pipe of another owner is not this
 *     one; empty where everybody who has the pipe file may work on it
 * @param tables at least one rule; rules are matched in order, the first match of a source table wins
 */
public record PipeDefinition(
        String name,
        Optional<String> owner,
        SourceServer source,
        TargetServer target,
        List<TableRule> tables,
        Settings settings) {
    public PipeDefinition {
        tables = List.copyOf(tables);
    }
}
