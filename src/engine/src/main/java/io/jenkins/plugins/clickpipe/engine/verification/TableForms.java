package io.jenkins.plugins.clickpipe.engine.verification;

import io.jenkins.plugins.clickpipe.engine.mapping.MappedColumn;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import io.jenkins.plugins.clickpipe.engine.target.TableDefinition;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The queries by which both servers compute {@link Fingerprint}s of one table. The forms of a row's columns are joined
 * by bars, hashed, and the hashes summed: equal sums mean equal rows, in whatever order.
 */
final class TableForms {
    /** PostgreSQL functions take 100 arguments at most. */
    private static final int PIECES = 40;

    private final TableMapping table;
    private final List<Column> columns;

    /** @param form empty for a column of which the NULLs alone can be compared */
    private record Column(MappedColumn mapped, Optional<ColumnForm> form) {
        String name() {
            return mapped.name();
        }

        String source() {
            String expression = form.orElseThrow().source(SourceSql.quote(name()));
            return mapped.mapping().nullable()
                    ? expression
                    : "coalesce(" + expression + ", '" + form.get().none() + "')";
        }

        String target() {
            String expression = form.orElseThrow().target(TargetSql.quote(name()));
            return mapped.mapping().nullable() ? "ifNull(" + expression + ", '')" : expression;
        }
    }

    /** @param utf8 see {@link ColumnForm#of} */
    TableForms(TableMapping table, boolean utf8) {
        this.table = Objects.requireNonNull(table);
        this.columns = table.columns().stream()
                .map(c -> new Column(
                        c, ColumnForm.of(c.source().type(), c.mapping().clickHouseType(), utf8)))
                .toList();
    }

    /** The columns that are compared value by value. */
    List<String> compared() {
        return columns.stream()
                .filter(c -> c.form().isPresent())
                .map(Column::name)
                .toList();
    }

    /** The columns of which the numbers of NULLs are compared. */
    List<String> uncompared() {
        return columns.stream()
                .filter(c -> c.form().isEmpty())
                .map(Column::name)
                .toList();
    }

    /** Whether a part of a row names it, so that a value can be found in another row than its own. */
    boolean hasKey() {
        return !table.identity().isEmpty()
                && table.identity().size() < columns.size()
                && compared().containsAll(table.identity());
    }

    /** Rows, the sum over whole rows, and the values that are not NULL of each uncompared column. */
    String sourceRows(String from) {
        List<String> measures = new ArrayList<>();
        measures.add(sourceSum(joinedInSource(comparedColumns())));
        uncompared().forEach(c -> measures.add("count(" + SourceSql.quote(c) + ")"));
        return "SELECT " + String.join(", ", withCount(measures)) + " FROM " + from;
    }

    /** The same in the destination. */
    String targetRows(String database) {
        List<String> measures = new ArrayList<>();
        measures.add(targetSum(joinedInTarget(comparedColumns())));
        uncompared().forEach(c -> measures.add("count(" + TargetSql.quote(c) + ")"));
        return fromTarget(database, measures);
    }

    /** Rows, and of each of these columns a sum over its values and, with a key, one over key and value. */
    String sourceColumns(List<String> names, String from) {
        List<String> measures = new ArrayList<>();
        for (Column column : named(names)) {
            measures.add(sourceSum(joinedInSource(List.of(column))));
            if (hasKey()) {
                measures.add(sourceSum(joinedInSource(withKey(column))));
            }
        }
        return "SELECT " + String.join(", ", withCount(measures)) + " FROM " + from;
    }

    /** The same in the destination. */
    String targetColumns(List<String> names, String database) {
        List<String> measures = new ArrayList<>();
        for (Column column : named(names)) {
            measures.add(targetSum(joinedInTarget(List.of(column))));
            if (hasKey()) {
                measures.add(targetSum(joinedInTarget(withKey(column))));
            }
        }
        return fromTarget(database, measures);
    }

    private String fromTarget(String database, List<String> measures) {
        return "SELECT " + String.join(", ", withCount(measures)) + " FROM "
                + TargetSql.quote(database, table.resyncTarget()) + " WHERE "
                + TargetSql.quote(TableDefinition.IS_DELETED) + " = 0";
    }

    private static List<String> withCount(List<String> measures) {
        List<String> all = new ArrayList<>(List.of("count(*)"));
        all.addAll(measures);
        return all;
    }

    private List<Column> comparedColumns() {
        return columns.stream().filter(c -> c.form().isPresent()).toList();
    }

    private List<Column> named(List<String> names) {
        return columns.stream().filter(c -> names.contains(c.name())).toList();
    }

    private List<Column> withKey(Column column) {
        List<Column> all = new ArrayList<>(named(table.identity()));
        all.add(column);
        return all;
    }

    /** {@code concat} leaves NULL out, and no form is empty, so that NULL is what has nothing between its bars. */
    private static String joinedInSource(List<Column> columns) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < columns.size(); from += PIECES) {
            pieces.add(columns.subList(from, Math.min(columns.size(), from + PIECES)).stream()
                    .map(Column::source)
                    .collect(Collectors.joining(", '|', ", "concat(", ", '|')")));
        }
        return pieces.isEmpty() ? "''" : String.join(" || ", pieces);
    }

    private static String joinedInTarget(List<Column> columns) {
        return columns.isEmpty()
                ? "''"
                : columns.stream().map(Column::target).collect(Collectors.joining(", '|', ", "concat(", ", '|')"));
    }

    private static String sourceSum(String text) {
        return "coalesce(sum(('x' || left(md5(" + text + "), 16))::bit(64)::bigint), 0)";
    }

    private static String targetSum(String text) {
        return "sum(toInt128(reinterpretAsInt64(reverse(substring(MD5(" + text + "), 1, 8)))))";
    }
}
