package io.jenkins.plugins.clickpipe.testbed.types;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.util.Map;

/** A table {@code t} of values that ClickHouse cannot hold as they are, beside the nearest that it can. */
public final class AlteredValues {
    /** By column, how many of them become something else where columns are nullable. */
    public static final Map<String, Long> COUNTS = Map.ofEntries(
            Map.entry("d", 6L),
            Map.entry("ts", 6L),
            Map.entry("tz", 6L),
            Map.entry("n", 11L),
            Map.entry("m", 1L),
            Map.entry("a", 7L),
            Map.entry("b", 5L),
            Map.entry("na", 8L),
            Map.entry("da", 7L),
            Map.entry("p", 8L),
            Map.entry("h", 10L));

    private AlteredValues() {}

    /** Makes it, with 12 rows. */
    public static void makeTable(TestDatabase database) {
        database.executeSource(
                "CREATE EXTENSION hstore",
                """
                CREATE TABLE t (id serial PRIMARY KEY, d date, ts timestamp, tz timestamptz, n numeric,
                                m numeric(5, 2), f float8)""",
                """
                INSERT INTO t (d, ts, tz, n, m, f) VALUES
                    ('infinity', 'infinity', 'infinity', 'Infinity', 'NaN', 'NaN'),
                    ('-infinity', '-infinity', '-infinity', '-Infinity', 1, float8 'Infinity' - float8 'Infinity'),
                    ('0044-03-15 BC', '0044-03-15 BC', '0044-03-15 BC', 'NaN', 1, '-0'),
                    ('1899-12-31', '1899-12-31 23:59:59.999999', '1899-12-31 23:59:59.999999+00', 1e38, 1, 1),
                    ('2300-01-01', '2300-01-01', '2300-01-01 00:00:00+00', -1e38, 1, 1e-320),
                    ('5874897-12-31', '294276-12-31', '294276-12-31', repeat('9', 131072)::numeric, 1, NULL),
                    ('1900-01-01', '1900-01-01', '1900-01-01 00:00:00+00', 1e-40, 1, 1),
                    (NULL, NULL, NULL, 5e-39, 1, 1),
                    ('2024-01-01', '2024-01-01', '2024-01-01', -5e-39, 1, 1),
                    ('2024-01-01', '2024-01-01', '2024-01-01', 1e-16383, 1, 1),
                    ('2024-01-01', '2024-01-01', '2024-01-01', 1e38 - 1e-39, 1, 1),
                    ('2024-01-01', '2024-01-01', '2024-01-01', 1e38 - 1e-38, 1, 1)
                """,
                "ALTER TABLE t ADD a int[], ADD b text[], ADD na numeric[], ADD da date[], ADD p point, ADD h hstore",
                // NULL where no value is given: an Array, a Map and a Tuple have none
                "UPDATE t SET a = '{{1,2},{3,NULL}}', b = '{{a,\"}{\"},{NULL,\",\"}}' WHERE id = 1",
                "UPDATE t SET a = '[0:1]={1,2}', b = '[-1:0][5:6]={{a,b},{c,d}}' WHERE id = 2",
                "UPDATE t SET a = '{1}', b = '{}' WHERE id = 3",
                "UPDATE t SET a = '{}', b = '{NULL}', na = '{1e38,2}', da = '{infinity,2024-01-01}' WHERE id = 4",
                "UPDATE t SET a = '{NULL}', b = '{\"\"}', na = '{{1},{NaN}}', da = '{{1899-12-31},{2300-01-01}}'"
                        + " WHERE id = 5",
                "UPDATE t SET a = '{{{1}}}', na = '{1e-40,NULL}', da = '{}' WHERE id = 6",
                "UPDATE t SET b = array_fill('x'::text, ARRAY[2, 2, 2]), na = '{Infinity}', da = '{NULL}' WHERE id = 7",
                "UPDATE t SET a = array_fill(7, ARRAY[3], ARRAY[-1]), b = '{a}', na = '{0.5}', da = '{4713-01-01 BC}'"
                        + " WHERE id = 8",
                "UPDATE t SET a = '{1,2}', b = '{a,b}', na = '{}', da = '{2299-12-31,1900-01-01}' WHERE id > 8",
                "UPDATE t SET a = NULL, b = NULL, na = NULL, da = NULL WHERE id = 9",
                "UPDATE t SET a = NULL WHERE id = 10",
                "UPDATE t SET p = '(NaN,-0)' WHERE id > 8",
                "UPDATE t SET h = 'a=>NULL' WHERE id > 10");
    }
}
