package io.jenkins.plugins.clickpipe.engine.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What hangs on a destination table, and what it means for each that another table takes its place. ClickHouse binds
 * all of them to the table's name, none to its UUID; it forgets none of them in an EXCHANGE.
 */
public final class Dependants {
    private static final Pattern LAST_TEXT = Pattern.compile("'((?:[^'\\\\]|\\\\.)*)'\\)$");

    private final ClickHouse clickHouse;
    private boolean policiesHidden;

    public Dependants(ClickHouse clickHouse) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
    }

    /**
     * The dependants of a table, each as one sentence without a full stop.
     *
     * @param beside names that stand beside the table for a time: that of its {@code _resync} table, of a kept one
     */
    public List<String> of(String table, List<String> beside) {
        List<String> sentences = new ArrayList<>();
        for (JsonNode row : clickHouse.rows(candidates(table))) {
            String name = row.get("database").asText() + "." + row.get("name").asText();
            switch (row.get("engine").asText()) {
                case "MaterializedView" -> materializedView(row, name, sentences);
                case "View", "LiveView", "WindowView" ->
                    sentences.add("view " + name + " reads it: it reads the new table from the swap on");
                case "Dictionary" ->
                    sentences.add(
                            "dictionary " + name + " reads it: it has the new table's rows from its next reload on");
                case "Buffer" ->
                    sentences.add("Buffer table " + name
                            + " writes into it: what it holds at the swap is flushed into the new table");
                case "Distributed" ->
                    sentences.add("Distributed table " + name
                            + " stands for it: it reads and writes the new table from the swap on");
                default -> merge(row, name, table, beside, sentences);
            }
        }
        rowPolicies(table, sentences);
        return sentences;
    }

    /**
     * Columns of dictionaries and of tables that stand for a table, by what they are and their names: where the table
     * loses one of them they can read it no more.
     */
    public Map<String, Set<String>> columnsOfOthers(String table) {
        Map<String, String> kinds = new HashMap<>();
        for (JsonNode row : clickHouse.rows(candidates(table))) {
            String engine = row.get("engine").asText();
            if (List.of("Dictionary", "Buffer", "Distributed").contains(engine)) {
                kinds.put(
                        row.get("database").asText() + "." + row.get("name").asText(),
                        engine.equals("Dictionary") ? "dictionary " : engine + " table ");
            }
        }
        Map<String, Set<String>> columns = new TreeMap<>();
        if (!kinds.isEmpty()) {
            clickHouse
                    .rows("SELECT database || '.' || table AS reader, groupArray(name) AS read FROM system.columns"
                            + " WHERE database || '.' || table IN " + TargetSql.literals(kinds.keySet())
                            + " GROUP BY 1")
                    .forEach(row -> {
                        Set<String> names = new TreeSet<>();
                        row.get("read").forEach(column -> names.add(column.asText()));
                        String name = row.get("reader").asText();
                        columns.put(kinds.get(name) + name, names);
                    });
        }
        return columns;
    }

    /** By table, the materialized views that its inserts reach. */
    public Map<String, Set<String>> triggered(Set<String> tables) {
        Map<String, Set<String>> views = new HashMap<>();
        clickHouse
                .rows(
                        "SELECT name, arrayMap((d, t) -> d || '.' || t, dependencies_database, dependencies_table) AS views"
                                + " FROM system.tables WHERE database = " + TargetSql.literal(clickHouse.database())
                                + " AND name IN " + TargetSql.literals(tables))
                .forEach(row -> {
                    Set<String> names = new TreeSet<>();
                    row.get("views").forEach(view -> names.add(view.asText()));
                    views.put(row.get("name").asText(), names);
                });
        return views;
    }

    private static void materializedView(JsonNode row, String name, List<String> sentences) {
        if (row.get("writes").asBoolean()) {
            sentences.add(
                    "materialized view " + name + " writes into it: it writes into the new table from the swap on;"
                            + " rows that it has written so far are not in the source and so not in the new table");
        }
        if (row.get("triggered").asBoolean()) {
            sentences.add("materialized view " + name + " reads it: it stays bound to the name and sees what sync and"
                    + " others insert after the swap; rows that the load writes do not pass through it");
        } else if (row.get("reads").asBoolean()) {
            sentences.add("materialized view " + name
                    + " looks into it: it reads the new table from its next insert or refresh on");
        }
    }

    private static void merge(JsonNode row, String name, String table, List<String> beside, List<String> sentences) {
        Matcher text = LAST_TEXT.matcher(row.get("engine_full").asText());
        if (!text.find()) {
            return;
        }
        try {
            Pattern tables = Pattern.compile(text.group(1).replace("\\\\", "\\"));
            if (tables.matcher(table).find()) {
                List<String> twice = beside.stream()
                        .filter(other -> tables.matcher(other).find())
                        .toList();
                sentences.add("Merge table " + name + " reads it: it reads the new table from the swap on"
                        + (twice.isEmpty()
                                ? ""
                                : "; its pattern also takes in " + String.join(" and ", twice)
                                        + ", so it shows rows twice while that stands: make the pattern exact"));
            }
        } catch (PatternSyntaxException e) {
            sentences.add("Merge table " + name + " may read it by the pattern '" + text.group(1) + "'");
        }
    }

    private void rowPolicies(String table, List<String> sentences) {
        try {
            clickHouse
                    .rows("SELECT short_name FROM system.row_policies WHERE database = "
                            + TargetSql.literal(clickHouse.database()) + " AND table = " + TargetSql.literal(table))
                    .forEach(row ->
                            sentences.add("row policy " + row.get("short_name").asText()
                                    + " stays bound to the name and holds for the new table; it does not hold for the _resync"
                                    + " table, nor for a previous table that is kept"));
        } catch (TargetException e) {
            if (e.isTransient()) {
                throw e;
            }
            if (!policiesHidden) {
                sentences.add("row policies of this and the other tables could not be looked up, which takes the"
                        + " privilege SHOW ROW POLICIES; they stay bound to the name");
            }
            policiesHidden = true;
        }
    }

    private String candidates(String table) {
        String database = clickHouse.database();
        String reference = "(^|[^\\w`.])(" + quoted(database) + "|`" + quoted(database) + "`)\\.(`" + quoted(table)
                + "`|" + quoted(table) + "($|[^\\w`]))";
        String pair = "(" + TargetSql.literal(database) + ", " + TargetSql.literal(table) + ")";
        return """
                WITH %1$s AS it,
                     (SELECT arrayZip(dependencies_database, dependencies_table) FROM system.tables
                       WHERE database = it.1 AND name = it.2) AS triggers,
                     (SELECT arrayZip(loading_dependent_database, loading_dependent_table) FROM system.tables
                       WHERE database = it.1 AND name = it.2) AS loaders
                SELECT database, name, engine, engine_full,
                       has(triggers, (database, name)) AS triggered,
                       match(as_select, %2$s) AS reads,
                       engine = 'MaterializedView'
                           AND match(create_table_query, concat(' TO ', %3$s)) AS writes
                  FROM system.tables
                 WHERE engine IN ('MaterializedView', 'View', 'LiveView', 'WindowView') AND (triggered OR reads OR writes)
                    OR engine = 'Dictionary' AND has(loaders, (database, name))
                    OR engine = 'Merge'
                    OR engine = 'Buffer' AND startsWith(engine_full, %4$s)
                    OR engine = 'Distributed' AND position(engine_full, %5$s) > 0
                 ORDER BY database, name"""
                .formatted(
                        pair,
                        TargetSql.literal(reference),
                        TargetSql.literal("(" + quoted(database) + "|`" + quoted(database) + "`)\\.(" + quoted(table)
                                + "|`" + quoted(table) + "`)[ (]"),
                        TargetSql.literal(
                                "Buffer(" + TargetSql.literal(database) + ", " + TargetSql.literal(table) + ","),
                        TargetSql.literal(", " + TargetSql.literal(database) + ", " + TargetSql.literal(table)));
    }

    private static String quoted(String name) {
        return "\\Q" + name + "\\E";
    }
}
