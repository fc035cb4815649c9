package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TableClauses;
import io.jenkins.plugins.clickpipe.engine.target.TableDefinition;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Gives a {@code _resync} table what users have added to its original: columns, skipping indexes, projections,
 * statistics, codecs, comments and settings before it is loaded; constraints and TTL once it is loaded and verified,
 * since they would refuse or remove rows that the source has. What no longer applies is named.
 */
final class CarryOver {
    /** What the engine gives each table itself. */
    private static final Set<String> OWN_SETTINGS = Set.of(
            "index_granularity",
            "non_replicated_deduplication_window",
            "replicated_deduplication_window",
            "storage_policy");

    private final ClickHouse clickHouse;
    private final Consumer<String> warnings;

    CarryOver(ClickHouse clickHouse, Consumer<String> warnings) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.warnings = Objects.requireNonNull(warnings);
    }

    private static boolean applies(TargetTable original, TableMapping mapping) {
        return mapping.engine() != TableEngine.NULL && original.engine().endsWith("MergeTree");
    }

    /** Before the load. */
    void carry(TargetTable original, TableMapping mapping) {
        OriginalColumns columns = new OriginalColumns(original, mapping);
        columns.losses().forEach(loss -> warnings.accept(mapping.target() + ": " + loss));
        if (!applies(original, mapping)) {
            return;
        }
        columns.softDeletedUnderAnotherName()
                .ifPresent(column -> alter(
                        mapping,
                        "soft-delete column " + column.name(),
                        "ADD COLUMN IF NOT EXISTS " + TargetSql.quote(column.name()) + " " + column.type() + " ALIAS "
                                + TargetSql.quote(TableDefinition.IS_DELETED)));
        columns.added()
                .forEach(column -> alter(
                        mapping,
                        "column " + column.name(),
                        "ADD COLUMN IF NOT EXISTS " + column.declarationWithoutTtl()));
        String where = " WHERE database = " + TargetSql.literal(clickHouse.database()) + " AND table = "
                + TargetSql.literal(original.name());
        for (JsonNode row : clickHouse.rows(
                "SELECT name, expr, type_full, granularity FROM system.data_skipping_indices" + where)) {
            alter(
                    mapping,
                    "skipping index " + row.get("name").asText(),
                    "ADD INDEX IF NOT EXISTS " + TargetSql.quote(row.get("name").asText()) + " "
                            + row.get("expr").asText() + " TYPE "
                            + row.get("type_full").asText() + " GRANULARITY "
                            + row.get("granularity").asText());
        }
        for (JsonNode row : clickHouse.rows("SELECT name, query FROM system.projections" + where)) {
            // ReplacingMergeTree takes projections only with a rule for rows that merges remove.
            alter(mapping, "the rule for projections", "MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild'");
            alter(
                    mapping,
                    "projection " + row.get("name").asText(),
                    "ADD PROJECTION IF NOT EXISTS "
                            + TargetSql.quote(row.get("name").asText()) + " ("
                            + row.get("query").asText() + ")");
        }
        columns(where, mapping, columns);
        columns.all().forEach(column -> columnParts(mapping, column));
        TableClauses.clause(original.engineFull(), "SETTINGS").ifPresent(all -> TableClauses.split(all, ", ").stream()
                .filter(setting -> !OWN_SETTINGS.contains(setting.substring(0, setting.indexOf(" = "))))
                .forEach(setting -> alter(mapping, "setting " + setting, "MODIFY SETTING " + setting)));
    }

    /** Codecs and comments of columns that are the source's. */
    private void columns(String where, TableMapping mapping, OriginalColumns original) {
        for (JsonNode row : clickHouse.rows("SELECT name, compression_codec, comment FROM system.columns" + where
                + " AND (compression_codec != '' OR comment != '')")) {
            String name = row.get("name").asText();
            if (!original.isKept(name)) {
                continue;
            }
            if (!row.get("compression_codec").asText().isEmpty()) {
                alter(
                        mapping,
                        "codec of column " + name,
                        "MODIFY COLUMN " + TargetSql.quote(name) + " "
                                + row.get("compression_codec").asText());
            }
            if (!row.get("comment").asText().isEmpty()) {
                alter(
                        mapping,
                        "comment of column " + name,
                        "COMMENT COLUMN " + TargetSql.quote(name) + " "
                                + TargetSql.literal(row.get("comment").asText()));
            }
        }
    }

    private void columnParts(TableMapping mapping, OriginalColumns.Column column) {
        String name = TargetSql.quote(column.name());
        column.statistics()
                .ifPresent(types -> alter(
                        mapping,
                        "statistics of column " + column.name(),
                        "ADD STATISTICS IF NOT EXISTS " + name + " TYPE " + types));
        column.settings()
                .ifPresent(settings -> alter(
                        mapping,
                        "settings of column " + column.name(),
                        "MODIFY COLUMN " + name + " MODIFY SETTING " + settings));
    }

    /** After the verification; nothing that costs time with the table's size. */
    void carryWhatActsOnRows(TargetTable original, TableMapping mapping) {
        if (!applies(original, mapping)) {
            return;
        }
        for (String constraint : TableClauses.constraints(original.createQuery())) {
            alter(mapping, constraint, "ADD " + constraint);
        }
        String settings = " SETTINGS materialize_ttl_after_modify = 0";
        for (OriginalColumns.Column column : new OriginalColumns(original, mapping).all()) {
            column.ttl()
                    .ifPresent(ttl -> alter(
                            mapping,
                            "TTL of column " + column.name(),
                            "MODIFY COLUMN " + TargetSql.quote(column.name()) + " TTL " + ttl + settings));
        }
        TableClauses.clause(original.engineFull(), "TTL", "SETTINGS")
                .ifPresent(ttl -> alter(mapping, "TTL", "MODIFY TTL " + ttl + settings));
        String comment = original.comment();
        if (!comment.isEmpty() && !ResyncTables.isOfTheEngine(comment)) {
            alter(mapping, "comment", "MODIFY COMMENT " + TargetSql.literal(comment));
        }
    }

    /** What of the original is there again in the new table, for people. */
    static List<String> carried(TargetTable original, TableMapping mapping) {
        return applies(original, mapping)
                ? Stream.concat(
                                new OriginalColumns(original, mapping)
                                        .added().stream().map(column -> "column " + column.declaration()),
                                TableClauses.constraints(original.createQuery()).stream())
                        .toList()
                : List.of();
    }

    private void alter(TableMapping mapping, String what, String change) {
        try {
            clickHouse.executeIdempotent(
                    "ALTER TABLE " + TargetSql.quote(clickHouse.database(), mapping.resyncTarget()) + " " + change);
        } catch (TargetException e) {
            if (e.isTransient()) {
                throw e;
            }
            warnings.accept(mapping.target() + ": " + what
                    + " of the original no longer applies and is not carried over: " + e.getMessage());
        }
    }
}
