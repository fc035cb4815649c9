package io.jenkins.plugins.clickpipe.engine.target;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The clauses of a table as ClickHouse itself writes them, in {@code create_table_query} and {@code engine_full}. What
 * stands between quotes or in parentheses is passed over as a whole, so no name or text can be taken for a clause.
 */
public final class TableClauses {
    private TableClauses() {}

    /** The declarations between the first parentheses of a CREATE TABLE statement: columns, indexes, constraints. */
    static List<String> declarations(String createQuery) {
        int open = next(createQuery, 0, "(");
        if (open < 0) {
            return List.of();
        }
        return split(createQuery.substring(open + 1, end(createQuery, open)), ", ");
    }

    /** Each constraint as {@code CONSTRAINT name CHECK ...}. */
    public static List<String> constraints(String createQuery) {
        return declarations(createQuery).stream()
                .filter(clause -> clause.startsWith("CONSTRAINT "))
                .toList();
    }

    /** Declarations of columns, by quoted name. */
    public static Map<String, String> columns(String createQuery) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (String clause : declarations(createQuery)) {
            if (clause.startsWith("`")) {
                columns.put(clause.substring(0, afterQuote(clause, 0)), clause);
            }
        }
        return columns;
    }

    /** What follows a keyword of a declaration or of an engine's clauses, up to the first of the others or the end. */
    public static Optional<String> clause(String text, String keyword, String... others) {
        int start = next(text, 0, " " + keyword + " ");
        if (start < 0) {
            return Optional.empty();
        }
        int from = start + keyword.length() + 2;
        int to = text.length();
        for (String other : others) {
            for (String end : List.of(" " + other + " ", " " + other + "(")) {
                int at = next(text, from, end);
                to = at < 0 ? to : Math.min(to, at);
            }
        }
        return Optional.of(text.substring(from, to));
    }

    /** The arguments of an engine, such as {@code ver} and {@code is_deleted} of {@code ReplacingMergeTree}. */
    public static List<String> arguments(String engineFull) {
        int open = engineFull.indexOf('(');
        int space = engineFull.indexOf(' ');
        if (open < 0 || space >= 0 && space < open) {
            return List.of();
        }
        String arguments = engineFull.substring(open + 1, end(engineFull, open));
        return arguments.isBlank() ? List.of() : split(arguments, ", ");
    }

    /** The name that a quoted or plain identifier stands for. */
    public static String name(String identifier) {
        return identifier.startsWith("`")
                ? identifier
                        .substring(1, identifier.length() - 1)
                        .replace("\\`", "`")
                        .replace("\\\\", "\\")
                : identifier;
    }

    /** Cuts at separators outside of quotes and parentheses. */
    public static List<String> split(String text, String separator) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int at = next(text, 0, separator); at >= 0; at = next(text, from, separator)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    /** Where a text stands outside of quotes and parentheses, from a position on; -1 where it does not. */
    private static int next(String text, int from, String wanted) {
        for (int i = from; i < text.length(); ) {
            if (text.startsWith(wanted, i)) {
                return i;
            }
            i = after(text, i);
        }
        return -1;
    }

    private static int after(String text, int at) {
        return switch (text.charAt(at)) {
            case '\'', '`', '"' -> afterQuote(text, at);
            case '(', '[', '{' -> Math.min(text.length(), end(text, at) + 1);
            default -> at + 1;
        };
    }

    /** The closing bracket of the one that opens here. */
    private static int end(String text, int open) {
        int i = open + 1;
        while (i < text.length() && ")]}".indexOf(text.charAt(i)) < 0) {
            i = after(text, i);
        }
        return i;
    }

    private static int afterQuote(String text, int open) {
        char quote = text.charAt(open);
        int i = open + 1;
        while (i < text.length() && text.charAt(i) != quote) {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        return Math.min(text.length(), i + 1);
    }
}
