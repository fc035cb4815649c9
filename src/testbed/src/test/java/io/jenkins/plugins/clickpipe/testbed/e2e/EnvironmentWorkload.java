package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A pipe whose rows suffer from every setting that changes formats, time zones, joins or limits: times in sorting keys,
 * NULL beside the empty string, large values that updates leave alone, keys that move, a table without a key, columns
 * that come later, soft-deleted rows that a second resync carries over.
 *
 * @param reader reads the destination, without any setting of the pipe's user
 */
record EnvironmentWorkload(
        TestDatabase database, PostgresEndpoint source, ClickHouseEndpoint target, ClickHouseEndpoint reader) {
    private static final String TABLES =
            """
            tables:
              - {source: public.events, sortingKeys: [created_at, id]}
              - {source: public.moved}
              - {source: public.kinds}
              - {source: public.loose}
              - {source: public.emptied}
            settings: {verify: checksums, initialLoadParallelism: 2}
            """;

    private static final String LARGE = "repeat('0123456789', 1000)";

    static EnvironmentWorkload prepare(
            TestDatabase database, PostgresEndpoint source, ClickHouseEndpoint target, ClickHouseEndpoint reader) {
        database.executeSource(
                "CREATE TABLE events (id bigint PRIMARY KEY, created_at timestamp NOT NULL, note text, large text)",
                "ALTER TABLE events REPLICA IDENTITY FULL",
                "ALTER TABLE events ALTER COLUMN large SET STORAGE EXTERNAL",
                "INSERT INTO events SELECT i, timestamp '2024-03-31 01:30:00' + i * interval '13 minutes 0.000001 s',"
                        + " CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'old' END, " + LARGE
                        + " FROM generate_series(1, 20) i",
                "CREATE TABLE moved (at timestamp, id int, large text, PRIMARY KEY (at, id))",
                "ALTER TABLE moved ALTER COLUMN large SET STORAGE EXTERNAL",
                "INSERT INTO moved SELECT timestamp '1969-12-31 23:59:59.5' + i * interval '1 day', i, " + LARGE
                        + " FROM generate_series(1, 12) i",
                "CREATE TABLE kinds (id int PRIMARY KEY, b bool, n numeric(20, 4), f float8, d date, tz timestamptz,"
                        + " ts timestamp, tss timestamp[], words text[], raw bytea, u uuid, j jsonb, i int, t text)",
                "INSERT INTO kinds SELECT i, i % 2 = 0, i * 1.5, i / 8.0, date '1900-01-01' + i * 4000,"
                        + " timestamptz '2024-10-27 00:30:00+00' + i * interval '17 minutes',"
                        + " timestamp '2024-10-27 00:30:00' + i * interval '17 minutes',"
                        + " ARRAY[timestamp '2000-07-01 00:00:00', NULL], ARRAY['', NULL, 'NULL', 'a''b', E'\\t'],"
                        + " '\\x00ff0d0a'::bytea, '00000000-0000-0000-0000-00000000000a', '{\"a\": [1, null]}',"
                        + " CASE WHEN i % 3 = 0 THEN NULL ELSE i END,"
                        + " CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'NULL' WHEN 3 THEN '\\N'"
                        + " ELSE E'a\\r' END FROM generate_series(1, 20) i",
                "CREATE TABLE loose (at timestamp, t text, n numeric(10, 3))",
                "ALTER TABLE loose REPLICA IDENTITY FULL",
                "INSERT INTO loose SELECT timestamp '2024-06-01 12:00:00' + i % 4 * interval '1 hour',"
                        + " CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'x' END, i % 2 + 0.1"
                        + " FROM generate_series(1, 24) i",
                "CREATE TABLE emptied (id int PRIMARY KEY, at timestamp, t text)",
                "INSERT INTO emptied SELECT i, timestamp '2024-06-01 12:00:00', '' FROM generate_series(1, 9) i");
        return new EnvironmentWorkload(database, source, target, reader);
    }

    /** A whole life of the pipe; after each step source and destination are equal, row by row. */
    void run() {
        engine("resync").assertSucceeded();
        assertSame();
        change();
        engine("sync", "--once").assertSucceeded();
        assertSame();
        database.executeSource(
                "ALTER TABLE kinds ADD COLUMN later timestamp DEFAULT '2021-07-01 12:34:56.789',"
                        + " ADD COLUMN word text DEFAULT '', ADD COLUMN yes bool DEFAULT true",
                "UPDATE kinds SET word = NULL WHERE id = 3",
                "UPDATE events SET note = 'again' WHERE id = 9");
        engine("sync", "--once").assertSucceeded();
        assertSame();
        assertThat(target("SELECT DISTINCT toUnixTimestamp64Micro(later), yes FROM kinds FINAL"
                        + " WHERE _peerdb_is_deleted = 0"))
                .containsExactly(List.of("1625142896789000", "true"));
        List<List<String>> tombstones = tombstones();
        assertThat(tombstones).hasSizeGreaterThan(4);
        engine("resync").assertSucceeded();
        assertSame();
        assertThat(tombstones()).isEqualTo(tombstones);
        database.executeSource(
                "DELETE FROM events WHERE id = 20",
                "UPDATE events SET created_at = created_at + interval '1 s' WHERE id = 19",
                "DELETE FROM loose WHERE ctid IN (SELECT ctid FROM loose LIMIT 2)",
                "TRUNCATE moved");
        engine("sync", "--once").assertSucceeded();
        assertSame();
    }

    private void change() {
        database.executeSource(
                "UPDATE events SET note = 'touched' WHERE id % 2 = 0",
                "UPDATE events SET note = NULL WHERE id = 5",
                "UPDATE events SET note = '' WHERE id = 6",
                "UPDATE events SET created_at = created_at - interval '3 hours' WHERE id IN (7, 8)",
                "DELETE FROM events WHERE id IN (3, 4)",
                "INSERT INTO events VALUES (100, '1901-02-03 04:05:06.000007', '', NULL)",
                "UPDATE moved SET at = at + interval '1 hour' WHERE id < 4",
                "UPDATE moved SET id = id + 100 WHERE id > 10",
                "DELETE FROM moved WHERE id = 5",
                "UPDATE kinds SET t = CASE WHEN t IS NULL THEN '' ELSE NULL END WHERE id < 12",
                "UPDATE kinds SET ts = ts - interval '1 h', b = NULL, n = -n, words = '{}' WHERE id = 13",
                "DELETE FROM kinds WHERE id = 14",
                "DELETE FROM loose WHERE ctid IN (SELECT ctid FROM loose WHERE t IS NULL LIMIT 3)",
                "UPDATE loose SET at = at + interval '30 minutes' WHERE t = ''",
                "TRUNCATE emptied",
                "INSERT INTO emptied VALUES (1, '2024-06-01 12:00:00', NULL)");
    }

    EngineRun engine(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(source, target, TABLES), command, options);
    }

    void assertSame() {
        String micros = "(extract(epoch FROM %s) * 1000000)::bigint";
        same(
                "SELECT id, " + micros.formatted("created_at") + ", note, md5(large) FROM events ORDER BY 1, 2",
                "SELECT id, toUnixTimestamp64Micro(created_at), note, lower(hex(MD5(large))) FROM events FINAL"
                        + " WHERE _peerdb_is_deleted = 0 ORDER BY 1, 2");
        same(
                "SELECT id, " + micros.formatted("at") + ", md5(large) FROM moved ORDER BY 1, 2",
                "SELECT id, toUnixTimestamp64Micro(at), lower(hex(MD5(large))) FROM moved FINAL"
                        + " WHERE _peerdb_is_deleted = 0 ORDER BY 1, 2");
        same(
                "SELECT id, b::int, n, f * 1000, d, " + micros.formatted("tz") + ", " + micros.formatted("ts")
                        + ", (SELECT string_agg(coalesce(" + micros.formatted("e")
                        + "::text, '-'), '|') FROM unnest(tss) e), array_to_string(words, '|', '-'), encode(raw, 'hex'),"
                        + " u, j, i, t FROM kinds ORDER BY id",
                "SELECT id, toUInt8(b), toDecimalString(n, 4), toInt64(f * 1000), d, toUnixTimestamp64Micro(tz),"
                        + " toUnixTimestamp64Micro(ts), arrayStringConcat(arrayMap(x -> ifNull(toString("
                        + "toUnixTimestamp64Micro(x)), '-'), tss), '|'), arrayStringConcat(arrayMap(x -> ifNull(x, '-'),"
                        + " words), '|'), lower(hex(raw)), u, j, i, t FROM kinds FINAL"
                        + " WHERE _peerdb_is_deleted = 0 ORDER BY id");
        same(
                "SELECT " + micros.formatted("at") + ", coalesce(t, '-'), n, count(*) FROM loose GROUP BY 1, 2, 3"
                        + " ORDER BY 1, 2, 3",
                "SELECT toUnixTimestamp64Micro(at) AS a, ifNull(t, '-') AS b, toDecimalString(n, 3) AS c,"
                        + " countIf(_peerdb_is_deleted = 0) - arrayCount(v -> v >= minIf(_peerdb_version,"
                        + " _peerdb_is_deleted = 0), groupArrayIf(_peerdb_version, _peerdb_is_deleted = 1)) AS k"
                        + " FROM loose GROUP BY a, b, c HAVING countIf(_peerdb_is_deleted = 0) > 0 AND k > 0"
                        + " ORDER BY a, b, c");
        same(
                "SELECT id, " + micros.formatted("at") + ", t FROM emptied ORDER BY id",
                "SELECT id, toUnixTimestamp64Micro(at), t FROM emptied FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id");
    }

    /** Of rows that are no more; a tombstone at the former place of a row that has moved is not carried over. */
    private List<List<String>> tombstones() {
        List<List<String>> rows =
                new ArrayList<>(target("SELECT 'events', id, toUnixTimestamp64Micro(created_at) AS at FROM events FINAL"
                        + " WHERE _peerdb_is_deleted = 1 AND id NOT IN (SELECT id FROM events FINAL"
                        + " WHERE _peerdb_is_deleted = 0) UNION ALL SELECT 'moved', id, toUnixTimestamp64Micro(at) FROM moved"
                        + " FINAL WHERE _peerdb_is_deleted = 1 UNION ALL SELECT 'kinds', id, 0 FROM kinds FINAL"
                        + " WHERE _peerdb_is_deleted = 1"));
        rows.sort(Comparator.comparing(Object::toString));
        return rows;
    }

    private void same(String ofSource, String ofTarget) {
        assertThat(target(ofTarget).stream().map(EnvironmentWorkload::plain).toList())
                .as(ofTarget)
                .isEqualTo(database.querySource(ofSource).stream()
                        .map(EnvironmentWorkload::plain)
                        .toList());
    }

    /** Numbers without what one of the servers prints and the other does not. */
    private static List<String> plain(List<String> row) {
        return row.stream()
                .map(value -> value == null ? "NULL of SQL" : value.replaceFirst("^(-?\\d+)\\.0+$", "$1"))
                .toList();
    }

    private List<List<String>> target(String sql) {
        return reader.query(database.name(), sql);
    }
}
