package io.jenkins.plugins.clickpipe.engine.target;

import java.util.Collection;
import java.util.stream.Collectors;

/** Quoting for ClickHouse statements. */
public final class TargetSql {
    private TargetSql() {}

    public static String quote(String identifier) {
        return "`" + identifier.replace("\\", "\\\\").replace("`", "\\`") + "`";
    }

    public static String quote(String database, String table) {
        return quote(database) + "." + quote(table);
    }

    public static String quoteAll(Collection<String> identifiers) {
        return identifiers.stream().map(TargetSql::quote).collect(Collectors.joining(", "));
    }

    public static String literal(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /** A list for {@code IN}; of no values it is one that nothing is in. */
    public static String literals(Collection<String> values) {
        return values.stream().map(TargetSql::literal).collect(Collectors.joining(", ", "[", "]::Array(String)"));
    }
}
