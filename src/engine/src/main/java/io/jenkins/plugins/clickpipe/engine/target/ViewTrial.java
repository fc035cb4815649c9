package io.jenkins.plugins.clickpipe.engine.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tries the queries of the views that read a table on the structure that the table is to have. A view that does not
 * work today, or that the pipe's user may not look into, is passed over: the new table cannot be its trouble.
 */
public final class ViewTrial {
    private static final int ACCESS_DENIED = 497;
    private static final String NEW = "_clickpipe_new";
    private static final Pattern FINAL = Pattern.compile("(" + NEW + "(?: AS (?:\\w+|`[^`]*`))?) FINAL\\b");

    private final ClickHouse clickHouse;

    public ViewTrial(ClickHouse clickHouse) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
    }

    /** Why a view would not work any more, as a sentence without a full stop. */
    public record Failure(String view, String sentence) {}

    /**
     * Before there is a new table.
     *
     * @param today types by column, in their order
     * @param wanted the same for the table that is to take its place
     */
    public List<Failure> onStructure(String table, Map<String, String> today, Map<String, String> wanted) {
        List<Failure> failures = new ArrayList<>();
        for (JsonNode view : views(table)) {
            UnaryOperator<String> query = query(view, table, NEW);
            if (works(with(today, query)) && !works(with(wanted, query))) {
                failures.add(failure(view, table, culprits(today, wanted, query), fault(with(wanted, query))));
            }
        }
        return failures;
    }

    /** Once the new table stands under another name. */
    public List<Failure> onTable(String table, String other) {
        List<Failure> failures = new ArrayList<>();
        for (JsonNode view : views(table)) {
            String today = "DESCRIBE TABLE (" + view.get("as_select").asText() + ")";
            String then = "DESCRIBE TABLE ("
                    + query(view, table, TargetSql.quote(clickHouse.database(), other))
                            .apply("") + ")";
            if (works(today) && !works(then)) {
                failures.add(failure(view, table, Set.of(), fault(then)));
            }
        }
        return failures;
    }

    private static Failure failure(JsonNode view, String table, Set<String> culprits, String fault) {
        String kind = view.get("engine").asText().equals("MaterializedView") ? "materialized view " : "view ";
        String name =
                kind + view.get("database").asText() + "." + view.get("name").asText();
        String reads = culprits.isEmpty()
                ? " does not work on the new table of " + table
                : " reads " + (culprits.size() == 1 ? "column " : "columns ") + String.join(", ", culprits) + " of "
                        + table + ", which the new table does not have, or not in the same type";
        return new Failure(
                name,
                name + reads + ": " + fault + ". Change or drop the view, or have the table keep its structure, and run"
                        + " resync again");
    }

    /** Columns without whose present form the view does not work, all others being as they are. */
    private Set<String> culprits(Map<String, String> today, Map<String, String> wanted, UnaryOperator<String> query) {
        Set<String> culprits = new TreeSet<>();
        today.forEach((column, type) -> {
            if (!type.equals(wanted.get(column))) {
                Map<String, String> without = new LinkedHashMap<>(wanted);
                without.putAll(today);
                without.remove(column);
                if (wanted.containsKey(column)) {
                    without.put(column, wanted.get(column));
                }
                if (!works(with(without, query))) {
                    culprits.add(column);
                }
            }
        });
        return culprits;
    }

    private List<JsonNode> views(String table) {
        return clickHouse
                .rows("SELECT database, name, engine, as_select FROM system.tables"
                        + " WHERE engine IN ('MaterializedView', 'View') AND position(as_select, "
                        + TargetSql.literal(table) + ") > 0 ORDER BY database, name")
                .stream()
                .filter(view ->
                        reference(table).matcher(view.get("as_select").asText()).find())
                .toList();
    }

    /** The view's query on another table; its argument is put before it. */
    private UnaryOperator<String> query(JsonNode view, String table, String other) {
        String replaced =
                reference(table).matcher(view.get("as_select").asText()).replaceAll(Matcher.quoteReplacement(other));
        return before -> before + FINAL.matcher(replaced).replaceAll("$1");
    }

    private Pattern reference(String table) {
        return Pattern.compile("(?<![\\w`.])(?:" + either(clickHouse.database()) + ")\\.(?:" + either(table) + ")");
    }

    private static String either(String name) {
        return Pattern.quote(TargetSql.quote(name)) + "|" + Pattern.quote(name) + "(?![\\w`])";
    }

    /** DESCRIBE of a query in which a table is a subquery that has columns of these types. */
    private static String with(Map<String, String> columns, UnaryOperator<String> query) {
        return "DESCRIBE TABLE (WITH " + NEW + " AS " + subquery(columns) + " SELECT * FROM (" + query.apply("") + "))";
    }

    /** A query with columns of these types and no table behind it. */
    private static String subquery(Map<String, String> columns) {
        return columns.entrySet().stream()
                .map(column -> "defaultValueOfTypeName(" + TargetSql.literal(column.getValue()) + ") AS "
                        + TargetSql.quote(column.getKey()))
                .collect(Collectors.joining(", ", "(SELECT ", ")"));
    }

    /** Whether an expression of a table's column or constraint can be computed from columns of these types. */
    public boolean computes(String expression, Map<String, String> columns) {
        return works("DESCRIBE TABLE (SELECT " + expression + " FROM " + subquery(columns) + ")");
    }

    private boolean works(String sql) {
        return fault(sql).isEmpty();
    }

    private String fault(String sql) {
        try {
            clickHouse.rows(sql);
            return "";
        } catch (TargetException e) {
            if (e.isTransient()) {
                throw e;
            }
            return e.code() == ACCESS_DENIED ? "" : e.serverText();
        }
    }
}
