package io.jenkins.plugins.clickpipe.engine.target;

import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a new table takes over from the engine clause of the table that it is to replace, since readers and replicas
 * rely on it.
 *
 * @param replication arguments of a Replicated engine, path and replica; empty for the server's defaults
 * @param replicated the engine is one of the Replicated family
 * @param hidesDeleted FINAL leaves soft-deleted rows out: the mark of deletion is the engine's second argument
 * @param primaryKey when it is another than ORDER BY
 * @param storagePolicy where the table's data lie
 */
public record EngineTraits(
        List<String> replication,
        boolean replicated,
        boolean hidesDeleted,
        Optional<String> primaryKey,
        Optional<String> sampleBy,
        Optional<String> storagePolicy) {
    public static final EngineTraits NONE =
            new EngineTraits(List.of(), false, false, Optional.empty(), Optional.empty(), Optional.empty());

    private static final String REPLICATED = "Replicated";

    public EngineTraits {
        replication = List.copyOf(replication);
    }

    /** Those of a table that a new one of this definition replaces. */
    public static EngineTraits of(TargetTable original, TableDefinition definition) {
        if (!original.engine().endsWith("MergeTree") || definition.engine() == TableEngine.NULL) {
            return NONE;
        }
        List<String> arguments = TableClauses.arguments(original.engineFull());
        boolean replicated = original.engine().startsWith(REPLICATED);
        List<String> replication =
                replicated && arguments.size() >= 2 && arguments.get(0).startsWith("'")
                        ? arguments.subList(0, 2)
                        : List.of();
        boolean sameOrder = orderOf(original).equals(String.join(", ", definition.sortingKey()));
        return new EngineTraits(
                replication,
                replicated,
                original.engine().endsWith("ReplacingMergeTree")
                        && definition.engine() == TableEngine.REPLACING_MERGE_TREE
                        && arguments.size() - replication.size() >= 2,
                clause(original, "PRIMARY KEY").filter(key -> sameOrder),
                clause(original, "SAMPLE BY").filter(key -> sameOrder),
                setting(original, "storage_policy"));
    }

    /** The columns of ORDER BY, without the quotes and parentheses in which ClickHouse may show them. */
    public static String orderOf(TargetTable table) {
        return table.sortingKey().replaceFirst("^\\((.*)\\)$", "$1").replace("`", "");
    }

    /** A clause of an engine, such as PARTITION BY. */
    public static Optional<String> clause(TargetTable table, String keyword) {
        return TableClauses.clause(
                table.engineFull(), keyword, "PARTITION BY", "PRIMARY KEY", "ORDER BY", "SAMPLE BY", "TTL", "SETTINGS");
    }

    private static Optional<String> setting(TargetTable table, String name) {
        return TableClauses.clause(table.engineFull(), "SETTINGS").flatMap(all -> TableClauses.split(all, ", ").stream()
                .filter(setting -> setting.startsWith(name + " = "))
                .findFirst());
    }

    /** A path that does not name the table by its UUID belongs to the original alone. */
    public boolean sharesThePath() {
        return !replication.isEmpty() && !replication.get(0).contains("{uuid}");
    }

    String engine(TableEngine engine) {
        if (engine == TableEngine.NULL) {
            return engine.label();
        }
        List<String> arguments = new ArrayList<>(replication);
        if (engine == TableEngine.REPLACING_MERGE_TREE) {
            arguments.add(TargetSql.quote(TableDefinition.VERSION));
            if (hidesDeleted) {
                arguments.add(TargetSql.quote(TableDefinition.IS_DELETED));
            }
        }
        return (replicated ? REPLICATED : "")
                + engine.label()
                + (arguments.isEmpty() ? "" : "(" + String.join(", ", arguments) + ")");
    }

    /** Settings with a window for deduplication tokens: without one, ClickHouse may keep a repeated insert twice. */
    String settings() {
        return (replicated ? "replicated_deduplication_window = 10000" : "non_replicated_deduplication_window = 10000")
                + storagePolicy.map(policy -> ", " + policy).orElse("");
    }
}
