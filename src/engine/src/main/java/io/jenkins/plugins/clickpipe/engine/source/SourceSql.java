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
            SELECT a.attname, a.attnum, a.atttypid, a.atttypmod, a.attnotnull, a.attgenerated,
                   (a.attmissingval::text::text[])[1] AS missing, a.atthasdef OR a.attidentity <> '' AS has_default,
                   format_type(a.atttypid, a.atttypmod) AS type_text
              FROM pg_attribute a
             WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped
             ORDER BY a.attnum
            """;

    /**
     * Keys: the primary key (p), and the index that REPLICA IDENTITY USING INDEX names (i). A key that is not checked at
     * once is DEFERRABLE.
     */
    static final String KEY_COLUMNS =
            """
            SELECT CASE WHEN i.indisprimary THEN 'p' ELSE 'i' END AS kind, a.attname, NOT i.indimmediate AS deferrable
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
            SELECT c.oid, n.nspname, c.relname, c.relpages, c.reltuples, c.relreplident, %s,
                   (SELECT array_agg(a.attname::text ORDER BY k.position)
                      FROM pg_index i
                           CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position)
                           JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                     WHERE i.indrelid = c.oid AND k.position <= i.indnkeyatts
                       AND CASE c.relreplident WHEN 'd' THEN i.indisprimary AND i.indimmediate
                                               WHEN 'i' THEN i.indisreplident END) AS identity
              FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind = 'r'
             ORDER BY n.nspname, c.relname
            """;

    /** Waits for whoever holds an ACCESS EXCLUSIVE lock. */
    static final String EXACT_SIZE =
            """
            pg_relation_size(c.oid) / current_setting('block_size')::int AS blocks, pg_table_size(c.oid) AS bytes""";

    /** As of the last VACUUM or ANALYZE; waits for nobody. */
    static final String KNOWN_SIZE =
            "c.relpages AS blocks, c.relpages * current_setting('block_size')::bigint AS bytes";

    static final String LOCK_HOLDER =
            """
            WITH RECURSIVE tree(oid) AS (
                SELECT ?::oid
                UNION
                SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid)
            SELECT format('pid %s, user %s, application %s', a.pid, a.usename, quote_literal(a.application_name))
              FROM pg_locks l JOIN tree t ON t.oid = l.relation JOIN pg_stat_activity a ON a.pid = l.pid
             WHERE l.locktype = 'relation' AND l.granted AND l.mode = 'AccessExclusiveLock'
               AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
             LIMIT 1
            """;

    /** Why the rows of a table below the table itself cannot be read, if so. */
    static final String UNREADABLE_PARTS =
            """
            WITH RECURSIVE tree(oid) AS (
                SELECT inhrelid FROM pg_inherits WHERE inhparent = ?::oid
                UNION
                SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid)
            SELECT format('%I.%I', n.nspname, c.relname),
                   CASE WHEN c.relkind = 'f' THEN 'foreign'
                        WHEN NOT has_table_privilege(c.oid, 'SELECT') THEN 'privilege'
                        ELSE 'row security' END
              FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind = 'f'
                OR c.relkind = 'r' AND (NOT has_table_privilege(c.oid, 'SELECT') OR row_security_active(c.oid))
             ORDER BY 1 LIMIT 20
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
              FROM pg_stats WHERE schemaname = ? AND tablename = ? AND attname = ? AND NOT inherited
            """;

    /** Connections that this role may open on this database beside those that there are. */
    static final String FREE_CONNECTIONS =
            """
            WITH sessions AS (
                SELECT a.datname, a.usename FROM pg_stat_activity a
                 WHERE a.datid IS NOT NULL AND coalesce(a.backend_type, 'client backend') = 'client backend'
                   AND a.pid NOT IN (SELECT pid FROM pg_stat_replication))
            SELECT least(
                current_setting('max_connections')::int
                    - CASE WHEN r.rolsuper THEN 0 ELSE current_setting('superuser_reserved_connections')::int
                           + coalesce(current_setting('reserved_connections', true)::int, 0) END
                    - (SELECT count(*) FROM sessions),
                CASE WHEN r.rolconnlimit >= 0 AND NOT r.rolsuper
                     THEN r.rolconnlimit - (SELECT count(*) FROM sessions WHERE usename = r.rolname) END,
                CASE WHEN d.datconnlimit >= 0 AND NOT r.rolsuper
                     THEN d.datconnlimit - (SELECT count(*) FROM sessions WHERE datname = d.datname) END)
              FROM pg_roles r, pg_database d WHERE r.rolname = session_user AND d.datname = current_database()
            """;

    /** Whether an index of all rows begins with a column, so that its least and greatest value are found at once. */
    static final String INDEXED =
            """
            SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = ? AND a.attname = ? AND i.indisvalid AND i.indpred IS NULL
               AND EXISTS (SELECT 1 FROM pg_class c JOIN pg_am m ON m.oid = c.relam
                            WHERE c.oid = i.indexrelid AND m.amname = 'btree')
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
