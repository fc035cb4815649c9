package io.jenkins.plugins.clickpipe.engine.target;

/**
 * A column of a destination table.
 *
 * @param type ClickHouse type, for example {@code Nullable(Decimal(10, 2))}
 */
public record TargetColumn(String name, String type) {}
