package io.jenkins.plugins.clickpipe.engine.definition;

import java.util.List;
import java.util.Optional;

/**
 * One entry of {@code tables} in a pipe file: which source tables, and how their destination looks.
 *
 * @param source {@code schema.table}, or an Ant-style pattern in which {@code .} and {@code /} both separate
 * @param exclude Ant-style patterns of source tables this rule leaves out
 * @param target destination table; empty means the source table's name; only without wildcards in {@code source}
 * @param sortingKeys source columns of the ORDER BY; empty means the primary key
 * @param tableEngine empty means ReplacingMergeTree where the table has a key, MergeTree where it has none
 * @param partitionKey source column whose ranges cut the initial load into partitions; empty means ctid, or the primary
 *     key where the server cannot scan ranges of ctid
 * @param partitionBy a ClickHouse expression for PARTITION BY
 */
public record TableRule(
        String source,
        List<String> exclude,
        Optional<String> target,
        List<String> excludedColumns,
        List<String> sortingKeys,
        Optional<TableEngine> tableEngine,
        Optional<String> partitionKey,
        Optional<String> partitionBy) {
    public TableRule {
        exclude = List.copyOf(exclude);
        excludedColumns = List.copyOf(excludedColumns);
        sortingKeys = List.copyOf(sortingKeys);
    }
}
