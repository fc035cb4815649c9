package io.jenkins.plugins.clickpipe.engine.source;

import java.util.Collection;
import java.util.stream.Collectors;

/** Every statement of the engine's own that runs on PostgreSQL 12 to 18. */
public final class SourceSql {
    private SourceSql() {}

    private static final String DATABASE =
            """
            d.datname, d.oid%s
              FROM pg_database d WHERE d.datname = current_database()
            """;

    /** The name of the WAL file that is written now begins with the timeline; a standby has none. */
    static final String IDENTITY = "SELECT (pg_control_system()).system_identifier::text, "
            + DATABASE.formatted(
                    """
                    , CASE WHEN pg_is_in_recovery() THEN 0
                           ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END""");

    /** For a role that may not call {@code pg_control_system}. */
    static final String DATABASE_IDENTITY = "SELECT " + DATABASE.formatted(", pg_is_in_recovery()");

    static final String TABLE_NAMES =
            """
            SELECT n.nspname, c.relname
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
               AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
             ORDER BY 1, 2
            """;

    /** What a name may mean beside a table that can be replicated, and what it is. */
    static final String OTHER_RELATIONS =
            """
            SELECT n.nspname, c.relname,
                   CASE WHEN c.relispartition THEN 'a partition of ' || (SELECT i.inhparent::regclass::text
                                                                           FROM pg_inherits i WHERE i.inhrelid = c.oid)
                        WHEN c.relkind = 'v' THEN 'a view'
                        WHEN c.relkind = 'm' THEN 'a materialized view'
                        WHEN c.relkind = 'f' THEN 'a foreign table'
                        WHEN c.relpersistence = 'u' THEN 'an unlogged table'
                        ELSE 'a temporary table'
                   END,
                   c.relispartition
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE (c.relkind IN ('v', 'm', 'f') OR c.relkind IN ('r', 'p') AND (c.relispartition OR c.relpersistence <> 'p'))
               AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                                                         AND d.deptype = 'e')
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

    /**
     * With what rows have that are older than a column, over all relations that hold rows: the constant where each of them
     * has the same one, and whether there may be other values: of another constant, of a default that was evaluated row by
     * row, or of a child that had such a column before its parent.
     */
    static final String COLUMNS =
            """
            WITH RECURSIVE tree(oid) AS (
                SELECT ?::oid
                UNION
                SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid),
            heaps AS (SELECT c.oid FROM tree t JOIN pg_class c ON c.oid = t.oid WHERE c.relkind = 'r')
            SELECT a.attname, a.attnum, a.atttypid, a.atttypmod, a.attnotnull, a.attgenerated,
                   CASE WHEN o.heaps = o.constants AND o.least = o.greatest THEN o.least END AS missing,
                   a.atthasdef OR a.attidentity <> '' OR o.constants > 0 OR o.merged AS has_default,
                   format_type(a.atttypid, a.atttypmod) AS type_text
              FROM pg_attribute a CROSS JOIN LATERAL (
                       SELECT count(*) AS heaps, count(v.missing) AS constants, min(v.missing) AS least,
                              max(v.missing) AS greatest,
                              coalesce(bool_or(b.attislocal AND b.attinhcount > 0), false) AS merged
                         FROM heaps h JOIN pg_attribute b ON b.attrelid = h.oid AND b.attname = a.attname
                              CROSS JOIN LATERAL (SELECT (b.attmissingval::text::text[])[1] AS missing) v) o
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

    /**
     * Tables by name, with all relations below them. Each change of a column gives its catalog row another xmin, so that
     * a change that was taken back is one, too; labels of enums are read by name and may be renamed.
     */
    static final String TABLE_STATES =
            """
            WITH RECURSIVE tree(root_schema, root_name, root, oid) AS (
                SELECT w.schema, w.name, c.oid, c.oid
                  FROM unnest(?::text[], ?::text[]) AS w(schema, name)
                       JOIN pg_namespace n ON n.nspname = w.schema
                       JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name AND c.relkind IN ('r', 'p')
                UNION
                SELECT t.root_schema, t.root_name, t.root, i.inhrelid
                  FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid)
            SELECT t.root_schema, t.root_name, t.root, c.oid, n.nspname, c.relname, c.relfilenode,
                   md5(concat_ws('|', c.relkind, c.relreplident,
                       (SELECT string_agg(concat_ws(' ', a.attnum, a.atttypid, a.atttypmod, a.xmin), ',' ORDER BY a.attnum)
                          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0),
                       (SELECT string_agg(concat_ws(' ', i.indisprimary, i.indisreplident, i.indkey::text), ','
                                          ORDER BY i.indisprimary, i.indkey::text)
                          FROM pg_index i WHERE i.indrelid = c.oid AND (i.indisprimary OR i.indisreplident)),
                       (SELECT string_agg(concat_ws(' ', e.oid, e.enumlabel), ',' ORDER BY e.oid)
                          FROM pg_enum e
                         WHERE e.enumtypid IN (SELECT unnest(ARRAY[y.oid, y.typelem, y.typbasetype])
                                                 FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
                                                WHERE a.attrelid = c.oid AND a.attnum > 0)))) AS structure
              FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
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

    /**
     * What tables are made of, by OID. {@code relations}: the table and all below it; {@code born} says that the relation
     * was made as a part of its parent, so that it was empty then: ATTACH and INHERIT write the inherited columns anew, in
     * the command that writes the edge, and CREATE writes them before. {@code files} is what VACUUM FULL, CLUSTER and
     * TRUNCATE change too: the storage of the relations, and the columns whose missing value was filled in by a rewrite
     * that altered nothing (VACUUM FULL forgets missing values after it has exchanged the storage, ALTER TABLE before).
     * What has exchanged the storage is {@code full} where it was VACUUM FULL or CLUSTER, which do it with their third
     * command, or their seventh where there is TOAST, and count the rows; TRUNCATE begins with its first and counts none.
     * A column's {@code xmin} tells that it was altered, {@code labels} and {@code fields} what its rows look like as text
     * without being written: those of every enum and composite type in it.
     */
    private static final String TABLE_SHAPES =
            """
            SELECT r.oid::bigint AS oid, %s
              FROM unnest(?::bigint[]) AS r(oid) CROSS JOIN LATERAL (
                WITH RECURSIVE tree(oid, edge, born) AS (
                    SELECT r.oid::oid, NULL::text, NULL::boolean
                    UNION
                    SELECT i.inhrelid, i.inhparent || ' ' || i.xmin, EXISTS (
                               SELECT 1 FROM pg_attribute f JOIN pg_attribute a ON a.attrelid = f.attrelid AND a.attinhcount > 0
                                WHERE f.attrelid = i.inhrelid AND f.attnum = -1 AND f.xmin = i.xmin AND a.xmin = i.xmin
                                  AND a.cmin::text::bigint < i.cmin::text::bigint)
                      FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid),
                relations AS (
                    SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind, c.relreplident, c.relfilenode,
                           string_agg(t.edge, ', ' ORDER BY t.edge) AS edge, coalesce(bool_and(t.born), true) AS born
                      FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
                     GROUP BY 1, 2, 3, 4, 5, 6),
                types(number, oid) AS (
                    SELECT a.attnum, a.atttypid FROM pg_attribute a
                     WHERE a.attrelid = r.oid::oid AND a.attnum > 0 AND NOT a.attisdropped
                    UNION
                    SELECT y.number, x.oid
                      FROM types y CROSS JOIN LATERAL (
                           SELECT unnest(ARRAY[t.typelem, t.typbasetype]) FROM pg_type t WHERE t.oid = y.oid
                           UNION SELECT g.rngsubtype FROM pg_range g WHERE g.rngtypid = y.oid
                           UNION SELECT p.atttypid FROM pg_type t JOIN pg_attribute p ON p.attrelid = t.typrelid
                                  WHERE t.oid = y.oid AND t.typtype = 'c' AND p.attnum > 0 AND NOT p.attisdropped) AS x(oid)
                     WHERE x.oid <> 0)
                SELECT jsonb_build_object(
                    'relations', (SELECT jsonb_object_agg(oid::text, jsonb_build_object(
                         'name', schema || '.' || name, 'schema', schema, 'table', name, 'kind', relkind, 'identity', relreplident, 'edge', edge, 'born', born,
                         'keys', (SELECT string_agg(concat_ws(' ', i.indexrelid, i.indisprimary, i.indisreplident, i.indimmediate, i.indkey::text),
                                                    ',' ORDER BY i.indexrelid)
                                    FROM pg_index i WHERE i.indrelid = l.oid AND (i.indisprimary OR i.indisreplident)),
                         'generated', (SELECT string_agg(a.attnum || ' ' || a.xmin, ',' ORDER BY a.attnum)
                                         FROM pg_attribute a WHERE a.attrelid = l.oid AND a.attgenerated <> '')))
                       FROM relations l),
                    'files', jsonb_build_object(
                         'nodes', (SELECT jsonb_object_agg(l.oid::text, l.relfilenode::bigint) FROM relations l WHERE l.relkind = 'r'),
                         'writers', (SELECT jsonb_object_agg(c.oid::text, jsonb_build_object(
                                              'xmin', c.xmin::text, 'full', c.cmin::text IN ('2', '6') AND c.reltuples >= 0))
                                       FROM relations l JOIN pg_class c ON c.oid = l.oid WHERE l.relkind = 'r'),
                         'filled', (SELECT jsonb_agg(a.attnum) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                                     WHERE c.oid = r.oid::oid AND a.attnum > 0 AND NOT a.atthasmissing AND a.xmin = c.xmin
                                       AND a.cmin::text::bigint > c.cmin::text::bigint)),
                    'columns', (SELECT jsonb_object_agg(a.attnum::text, jsonb_build_object(
                         'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'xmin', a.xmin::text,
                         'missing', a.atthasmissing,
                         'labels', (SELECT jsonb_object_agg(e.oid::text, e.enumlabel)
                                      FROM types y JOIN pg_enum e ON e.enumtypid = y.oid WHERE y.number = a.attnum),
                         'fields', (SELECT jsonb_object_agg(t.oid::text,
                                           (SELECT string_agg(p.attnum || ' ' || p.atttypid || ' ' || p.atttypmod, ',' ORDER BY p.attnum)
                                              FROM pg_attribute p
                                             WHERE p.attrelid = t.typrelid AND p.attnum > 0 AND NOT p.attisdropped))
                                      FROM types y JOIN pg_type t ON t.oid = y.oid AND t.typtype = 'c' WHERE y.number = a.attnum)))
                       FROM pg_attribute a WHERE a.attrelid = r.oid::oid AND a.attnum > 0 AND NOT a.attisdropped)) AS shape) AS s
             WHERE EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = r.oid::oid)
            """;

    /** With an array of OIDs. */
    static final String SHAPES =
            TABLE_SHAPES.formatted("s.shape::text AS shape, md5((s.shape - 'files')::text) AS fingerprint");

    /** The same without the shapes themselves. */
    static final String FINGERPRINTS = TABLE_SHAPES.formatted("md5((s.shape - 'files')::text) AS fingerprint");

    /** What a relation is a part of, itself included. */
    static final String ANCESTORS =
            """
            WITH RECURSIVE up(oid) AS (
                SELECT ?::oid
                UNION
                SELECT i.inhparent FROM up u JOIN pg_inherits i ON i.inhrelid = u.oid)
            SELECT oid::bigint FROM up
            """;

    /** A transaction is at work, or ends just now and is not visible yet. */
    static final String TRANSACTION_RUNS =
            "SELECT 1 FROM pg_locks WHERE locktype = 'transactionid' AND transactionid = ?::text::xid AND granted";

    static final String PUBLICATION =
            """
            SELECT p.oid::bigint AS oid, p.xmin::text AS version, p.puballtables,
                   p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
                   coalesce((to_jsonb(p) ->> 'pubviaroot')::boolean, false) AS pubviaroot,
                   coalesce(to_jsonb(p) ->> 'pubgencols', 'n') AS pubgencols
              FROM pg_publication p WHERE p.pubname = ?
            """;

    /** What publishes tables and relations below them. */
    static final String PUBLICATION_ENTRIES =
            """
            WITH RECURSIVE tree(root, oid) AS (
                SELECT r.oid, r.oid::oid FROM unnest(?::bigint[]) AS r(oid)
                UNION
                SELECT t.root, i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid)
            SELECT t.root, 'table ' || p.oid
              FROM tree t JOIN pg_publication_rel p ON p.prrelid = t.oid AND p.prpubid = ?::oid
            """;

    /** The same by schema, from PostgreSQL 15 on. */
    static final String PUBLICATION_SCHEMAS =
            """
            UNION
            SELECT t.root, 'schema ' || p.oid
              FROM tree t JOIN pg_class c ON c.oid = t.oid
                   JOIN pg_publication_namespace p ON p.pnnspid = c.relnamespace AND p.pnpubid = ?::oid
            """;

    static final String PUBLISHED_RELATIONS =
            "SELECT to_jsonb(t)::text FROM pg_publication_tables t WHERE t.pubname = ? ORDER BY schemaname, tablename";

    /** Relations that a publication names one by one, with a filter or a list of columns or without. */
    static final String PUBLICATION_TABLES =
            """
            SELECT p.prrelid::bigint AS oid,
                   to_jsonb(p) ->> 'prqual' IS NULL AND to_jsonb(p) ->> 'prattrs' IS NULL AS whole
              FROM pg_publication_rel p JOIN pg_publication b ON b.oid = p.prpubid WHERE b.pubname = ?
            """;

    /** Keeps writers out of a relation until the transaction ends, and waits no longer than 3 s for them. */
    static String lockForPublishing(String relation) {
        return "SET LOCAL lock_timeout = '3s'; LOCK TABLE ONLY " + relation + " IN SHARE MODE";
    }

    /** A row of a relation itself, if it has one; no row where there is no such relation. */
    public static String hasRows(String relation) {
        return "SELECT 1 FROM ONLY " + relation + " LIMIT 1";
    }

    /** Keeps everybody from rewriting, altering or dropping a relation, and waits for who does. */
    static String lockForReading(RelationState relation) {
        return "LOCK TABLE ONLY " + relation.quoted() + " IN ACCESS SHARE MODE";
    }

    /** Which relation has a name now, and which storage. */
    static String presentStorage(RelationState relation) {
        return "SELECT to_regclass(%1$s)::oid::bigint AS oid, pg_relation_filenode(to_regclass(%1$s))::bigint AS file"
                .formatted(literal(relation.quoted()));
    }

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
