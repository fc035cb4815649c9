package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives a {@code _resync} table what users have added to its original: skipping indexes, projections, TTL, column
 * codecs and comments, settings. What no longer applies is named.
 */
final class CarryOver {
    /** {@code engine_full} reads: engine, PARTITION BY, ORDER BY, TTL, SETTINGS, in this order. */
    private static final Pattern TTL = Pattern.compile(" TTL (.*?)(?: SETTINGS .*)?$", Pattern.DOTALL);

    private static final Pattern SETTINGS = Pattern.compile(" SETTINGS (.*)$", Pattern.DOTALL);

    private final ClickHouse clickHouse;
    private final Consumer<String> warnings;

    CarryOver(ClickHouse clickHouse, Consumer<String> warnings) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.warnings = Objects.requireNonNull(warnings);
    }

    void carry(TargetTable original, TableMapping mapping) {
        if (mapping.engine() == TableEngine.NULL || !original.engine().endsWith("MergeTree")) {
            return;
        }
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
        for (JsonNode row : clickHouse.rows("SELECT name, compression_codec, comment FROM system.columns" + where
                + " AND (compression_codec != '' OR comment != '')")) {
            String name = row.get("name").asText();
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
        Matcher ttl = TTL.matcher(original.engineFull());
        if (ttl.find()) {
            alter(mapping, "TTL", "MODIFY TTL " + ttl.group(1));
        }
        Matcher settings = SETTINGS.matcher(original.engineFull());
        if (settings.find()) {
            for (String setting : settings.group(1).split(", (?=[a-z_0-9]+ = )")) {
                if (!setting.startsWith("index_granularity = ")
                        && !setting.startsWith("non_replicated_deduplication_window = ")) {
                    alter(mapping, "setting " + setting, "MODIFY SETTING " + setting);
                }
            }
        }
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
