package io.jenkins.plugins.clickpipe.engine.source;

import java.util.Collection;
import java.util.stream.Collectors;

/** Every statement of the engine's own that runs on PostgreSQL 12 to 18. */
public final class SourceSql {
    private SourceSql() {}

    static final String TABLE_NAMES =
            """
            SELECT n.nspname, c.relname
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
               AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
             ORDER BY 1, 2
            """;

    static final String TABLE =
            """
            SELECT c.oid, c.relkind, c.relreplident,
                   has_table_privilege(c.oid, 'SELECT') AS readable,
                   pg_has_role(c.relowner, 'USAGE') AS owned
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
            """;

    static final String COLUMNS =
            """
            SELECT a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attgenerated,
                   format_type(a.atttypid, a.atttypmod) AS type_text
              FROM pg_attribute a
             WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped
             ORDER BY a.attnum
            """;

    /** Keys: the primary key (p), and the index that REPLICA IDENTITY USING INDEX names (i). */
    static final String KEY_COLUMNS =
            """
            SELECT CASE WHEN i.indisprimary THEN 'p' ELSE 'i' END AS kind, a.attname
              FROM pg_index i
                   CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position)
                   JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
             WHERE i.indrelid = ? AND (i.indisprimary OR i.indisreplident) AND k.position <= i.indnkeyatts
             ORDER BY 1, k.position
            """;

    static final String RELATIONS =
            """
            WITH RECURSIVE tree(oid) AS (
                SELECT ?::oid
                UNION
                SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid)
            SELECT c.oid, n.nspname, c.relname, pg_relation_size(c.oid) / current_setting('block_size')::int AS blocks,
                   c.relpages, c.reltuples, pg_table_size(c.oid) AS bytes
              FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind = 'r'
             ORDER BY n.nspname, c.relname
            """;

    /** A true array has elements and the length -1; {@code point} and {@code name} have elements and a length. */
    static final String TYPE =
            """
            SELECT n.nspname, t.typname, t.typtype, t.typdelim, t.typbasetype, t.typtypmod,
                   CASE WHEN t.typlen = -1 THEN t.typelem ELSE 0 END AS element
              FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
             WHERE t.oid = ?
            """;

    public static final String CURRENT_WAL = "SELECT pg_current_wal_lsn()";

    static final String HISTOGRAM =
            """
            SELECT unnest(histogram_bounds::text::text[])
              FROM pg_stats WHERE schemaname = ? AND tablename = ? AND attname = ?
            """;

    public static String quote(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }

    public static String quote(String schema, String name) {
        return quote(schema) + "." + quote(name);
    }

    public static String quoteAll(Collection<String> identifiers) {
        return identifiers.stream().map(SourceSql::quote).collect(Collectors.joining(", "));
    }

    public static String literal(String value) {
        return value.contains("\\")
                ? " E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
                : "'" + value.replace("'", "''") + "'";
    }
}
