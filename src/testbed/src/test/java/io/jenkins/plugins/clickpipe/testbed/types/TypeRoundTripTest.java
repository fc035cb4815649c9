package io.jenkins.plugins.clickpipe.testbed.types;

import static io.jenkins.plugins.clickpipe.testbed.types.Representation.BYTES;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.BYTE_ELEMENTS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.CLOCK;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.COMPOSITE_ELEMENTS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.COORDINATES;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.DAY;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.DIGITS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.DIGIT_ELEMENTS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.DOUBLE_BITS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.DOUBLE_ELEMENTS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.ELEMENTS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.FLOAT_BITS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.HEX;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.MICROSECONDS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.MICROSECOND_ELEMENTS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.PAIRS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.WORDS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.WORD_ELEMENTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.types.TypeMapping;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Copies values between real servers and compares them by expressions that do not use the text under test. */
@WithServers
class TypeRoundTripTest {
    private static final TypeMapping.Options MODERN = new TypeMapping.Options(true, true, false, false);

    /** A column's type, how to compare it, and values as SQL expressions. */
    private record Case(String type, Representation representation, String... values) {}

    private static final List<Case> CASES = List.of(
            new Case("bool", WORDS, "true", "false"),
            new Case("int2", WORDS, "-32768", "32767"),
            new Case("int4", WORDS, "-2147483648", "2147483647"),
            new Case("int8", WORDS, "-9223372036854775808", "9223372036854775807"),
            new Case("oid", WORDS, "0", "4294967295"),
            new Case(
                    "float4",
                    FLOAT_BITS,
                    "'1.1754944e-38'",
                    "'3.4028235e38'",
                    "'Infinity'",
                    "'-Infinity'",
                    "0.1",
                    "'-0'"),
            new Case(
                    "float8",
                    DOUBLE_BITS,
                    "'5e-324'",
                    "'1.7976931348623157e308'",
                    "'Infinity'",
                    "'-Infinity'",
                    "0.1::float8 + 0.2::float8",
                    "pi()",
                    "'-0'"),
            new Case("numeric(10, 2)", DIGITS, "0", "-99999999.99", "99999999.99", "0.1"),
            new Case("numeric(76, 0)", DIGITS, "repeat('9', 76)::numeric", "-1"),
            new Case("numeric(76, 76)", DIGITS, "('0.' || repeat('9', 76))::numeric"),
            new Case("numeric(2, -3)", DIGITS, "99000", "-99000"),
            new Case("numeric(3, 5)", DIGITS, "0.00999", "-0.00001"),
            new Case(
                    "numeric",
                    DIGITS,
                    "(repeat('9', 38) || '.' || repeat('9', 38))::numeric",
                    "-0.5",
                    "('1.' || repeat('0', 100))::numeric"),
            new Case(
                    "text",
                    HEX,
                    "''",
                    "E'a\\tb\\nc\\rd\\\\e\\bf\\fg\\x0Bh\\x01\\x7F''\"'",
                    "'\\N'",
                    "'\\.'",
                    "'NULL'",
                    "U&'\\+01F600 \\00E9'",
                    "repeat(E'x\\\\', 100000)"),
            new Case("varchar(10)", HEX, "'ab '", "''"),
            new Case("char(5)", HEX, "'ab'"),
            new Case("name", HEX, "'n'"),
            new Case("\"char\"", HEX, "'c'", "'\\377'"),
            new Case("xml", HEX, "'<a b=\"c\">&amp;</a>'"),
            new Case("tsvector", HEX, "'a:1 fat:2,4 ''b c'':3B'"),
            new Case("int4range", HEX, "'[1,5)'", "'empty'", "'(,)'"),
            new Case("int4multirange", HEX, "'{[1,3),[5,9)}'"),
            new Case("money", HEX, "-92233720368547758.08", "1234.5"),
            new Case("bit(4)", HEX, "B'0101'"),
            new Case("varbit", HEX, "B'010'", "B''"),
            new Case("inet", HEX, "'192.168.0.1'", "'2001:db8::1/64'"),
            new Case("cidr", HEX, "'10.0.0.0/8'"),
            new Case("macaddr", HEX, "'08:00:2b:01:02:03'"),
            new Case("pg_lsn", HEX, "'16/B374D848'"),
            new Case("int2vector", HEX, "'1 2 3'"),
            new Case("box", HEX, "'(1,2),(0,0)'"),
            new Case("interval", HEX, "'1 year -2 mons 3 days 04:05:06.789'", "'0'", "'-178000000 years'"),
            new Case("timetz", HEX, "'10:00:00.5+05:30'"),
            new Case("time", CLOCK, "'00:00'", "'24:00:00'", "'23:59:59.999999'"),
            new Case(
                    "bytea",
                    BYTES,
                    "''",
                    "'\\x00'",
                    "(SELECT string_agg(set_byte('\\x00'::bytea, 0, i), ''::bytea ORDER BY i)"
                            + " FROM generate_series(0, 255) i)"),
            new Case("json", HEX, "'{\"b\": [1, \"x\\ny\\\\z\"],  \"a\": null}'", "'[]'", "'\"s\"'", "'null'"),
            new Case("jsonb", HEX, "'{\"b\": \"q\\\"q\\t\", \"a\": 1e2}'", "'null'"),
            new Case("uuid", WORDS, "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'00000000-0000-0000-0000-000000000000'"),
            new Case("date", DAY, "'1900-01-01'", "'2299-12-31'", "'1969-12-31'", "'2024-02-29'"),
            new Case(
                    "timestamp",
                    MICROSECONDS,
                    "'1900-01-01 00:00:00'",
                    "'1900-01-01 00:00:00.000001'",
                    "'1969-12-31 23:59:59.5'",
                    "'2299-12-31 23:59:59.999999'",
                    "'2024-03-31 02:30:00'"),
            new Case(
                    "timestamptz",
                    MICROSECONDS,
                    "'1900-01-01 00:00:00+00'",
                    "'1969-12-31 23:59:59.123456+00'",
                    "'2299-12-31 23:59:59.999999+00'",
                    "'2024-03-31 02:30:00+05:30'"),
            new Case("mood", HEX, "'ok'", "E'it''s\\t\"bad\\\\'"),
            new Case(
                    "hstore",
                    PAIRS,
                    "''",
                    "'a=>1, b=>NULL'",
                    "hstore(ARRAY[E'k,\"=>''\\\\', ''], ARRAY[E'v\\t\\n{}', 'NULL'])"),
            new Case("point", COORDINATES, "'(1.5,-2)'", "'(1e300,Infinity)'"),
            new Case("address", HEX, "ROW(E'Main \"St\"\\\\', 1)::address", "ROW(NULL, 2)::address"),
            new Case("price", DIGITS, "12345678.1234"),
            new Case("discount", DIGITS, "0.5"),
            new Case("int4[]", WORD_ELEMENTS, "'{}'", "'{1,NULL,-2147483648}'"),
            new Case("bool[]", WORD_ELEMENTS, "'{t,f,NULL}'"),
            new Case("float8[]", DOUBLE_ELEMENTS, "'{5e-324,Infinity,-Infinity,NULL,0.1}'"),
            new Case("numeric(10, 2)[]", DIGIT_ELEMENTS, "'{1.25,NULL,-99999999.99}'"),
            new Case(
                    "text[]",
                    ELEMENTS,
                    "'{}'",
                    "ARRAY['', NULL, 'NULL', 'null', 'a,b', '{}', '\"', '''',"
                            + " '\\', '\\N', E'\\t\\n\\r\\b\\f\\x0B\\x01', ' ', U&'\\+01F600']"),
            new Case("varchar(5)[]", ELEMENTS, "'{a,b}'"),
            new Case("uuid[]", WORD_ELEMENTS, "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,NULL}'"),
            new Case("date[]", WORD_ELEMENTS, "'{1900-01-01,NULL,2299-12-31}'"),
            new Case("timestamp[]", MICROSECOND_ELEMENTS, "'{1900-01-01 00:00:00.5,NULL}'"),
            new Case("timestamptz[]", MICROSECOND_ELEMENTS, "'{2024-03-31 02:30:00.123456+02,NULL}'"),
            new Case("bytea[]", BYTE_ELEMENTS, "ARRAY['\\x00275c0a22'::bytea, NULL, '']"),
            new Case("jsonb[]", ELEMENTS, "ARRAY['{\"a\": \"x\\\"y\"}'::jsonb, NULL]"),
            new Case("mood[]", ELEMENTS, "ARRAY['ok', E'it''s\\t\"bad\\\\', NULL]::mood[]"),
            new Case("point[]", ELEMENTS, "ARRAY[point '(1,2)', NULL]"),
            new Case("box[]", ELEMENTS, "ARRAY[box '(1,2),(0,0)', box '(5,6),(3,4)']"),
            new Case("address[]", COMPOSITE_ELEMENTS, "ARRAY[ROW(E'a \"b\"\\\\', 1)::address]"),
            new Case("price[]", DIGIT_ELEMENTS, "'{1.5,NULL}'"),
            new Case("int4range[]", ELEMENTS, "ARRAY['[1,2)'::int4range]"));

    @Test
    void everyTypesValuesArriveAsTheyWere(TestDatabase database) throws Exception {
        int rows = prepare(database);

        CopiedTable table = CopiedTable.copy(database, MODERN);

        SoftAssertions comparison = new SoftAssertions();
        Map<String, Long> nullsThatBecameDefaults = new HashMap<>();
        for (int i = 0; i < CASES.size(); i++) {
            Case current = CASES.get(i);
            String column = "c" + i;
            String type = table.clickHouseTypes().get(column);
            boolean nullable = !type.matches("(Array|Map|Tuple).*");
            int values = current.values().length;
            comparison
                    .assertThat(table.target(current.representation().target(column, nullable))
                            .subList(0, values))
                    .as("%s as %s", current.type(), type)
                    .doesNotContainNull()
                    .isEqualTo(table.source(current.representation().source(column))
                            .subList(0, values));
            if (nullable) {
                comparison
                        .assertThat(
                                table.target("toString(isNull(" + column + "))").subList(values, rows))
                        .as("NULL of %s", current.type())
                        .containsOnly("1");
            } else {
                nullsThatBecameDefaults.put(column, (long) rows - values);
            }
        }
        comparison.assertThat(table.altered()).isEqualTo(nullsThatBecameDefaults);
        comparison.assertAll();
    }

    @Test
    void whatClickHouseCannotHoldBecomesNullAndIsCounted(TestDatabase database) throws Exception {
        database.executeSource(
                "CREATE TABLE t (id serial PRIMARY KEY, d date, ts timestamp, tz timestamptz, n numeric,"
                        + " m numeric(5, 2))",
                """
                INSERT INTO t (d, ts, tz, n, m) VALUES
                    ('infinity', 'infinity', 'infinity', 'Infinity', 'NaN'),
                    ('-infinity', '-infinity', '-infinity', '-Infinity', 1),
                    ('0044-03-15 BC', '0044-03-15 BC', '0044-03-15 BC', 'NaN', 1),
                    ('1899-12-31', '1899-12-31 23:59:59.999999', '1899-12-31 23:59:59.999999+00', 1e38, 1),
                    ('2300-01-01', '2300-01-01', '2300-01-01 00:00:00+00', -1e38, 1),
                    ('5874897-12-31', '294276-12-31', '294276-12-31', repeat('9', 131072)::numeric, 1),
                    ('1900-01-01', '1900-01-01', '1900-01-01 00:00:00+00', 1e-40, 1),
                    (NULL, NULL, NULL, 5e-39, 1),
                    ('2024-01-01', '2024-01-01', '2024-01-01', -5e-39, 1),
                    ('2024-01-01', '2024-01-01', '2024-01-01', 1e-16383, 1),
                    ('2024-01-01', '2024-01-01', '2024-01-01', 1e38 - 1e-39, 1),
                    ('2024-01-01', '2024-01-01', '2024-01-01', 1e38 - 1e-38, 1)
                """);

        CopiedTable table = CopiedTable.copy(database, MODERN);

        assertThat(table.target("toString(d)"))
                .isEqualTo(table.source(
                        "CASE WHEN d BETWEEN '1900-01-01' AND '2299-12-31' THEN to_char(d, 'YYYY-MM-DD') END"));
        for (String column : List.of("ts", "tz")) {
            assertThat(table.target("toString(toUnixTimestamp64Micro(" + column + "))"))
                    .isEqualTo(table.source("CASE WHEN " + column
                            + " BETWEEN '1900-01-01' AND '2299-12-31 23:59:59.999999' THEN (extract(epoch FROM "
                            + column + ") * 1000000)::bigint END"));
        }
        assertThat(table.target("toString(n)"))
                .isEqualTo(table.source("CASE WHEN abs(round(n, 38)) < 1e38 THEN trim_scale(round(n, 38)) END"));
        assertThat(table.target("toString(m)")).isEqualTo(table.source("CASE WHEN m <> 'NaN' THEN trim_scale(m) END"));
        assertThat(table.altered()).isEqualTo(Map.of("d", 6L, "ts", 6L, "tz", 6L, "n", 11L, "m", 1L));
    }

    @Test
    void arraysThatDoNotFitOneDimensionAreFlattenedAndCounted(TestDatabase database) throws Exception {
        database.executeSource(
                "CREATE TABLE t (id serial PRIMARY KEY, a int[], b text[])",
                """
                INSERT INTO t (a, b) VALUES
                    ('{{1,2},{3,NULL}}', '{{a,"}{"},{NULL,","}}'),
                    ('[0:1]={1,2}', '[-1:0][5:6]={{a,b},{c,d}}'),
                    ('{1}', '{}')
                """);

        CopiedTable table = CopiedTable.copy(database, MODERN);

        assertThat(table.target(WORD_ELEMENTS.target("a", false))).isEqualTo(table.source(WORD_ELEMENTS.source("a")));
        assertThat(table.target(ELEMENTS.target("b", false))).isEqualTo(table.source(ELEMENTS.source("b")));
        assertThat(table.altered()).isEqualTo(Map.of("a", 2L, "b", 2L));
    }

    @Test
    void withoutNullableColumnsNullIsTheDefaultOfTheType(TestDatabase database) throws Exception {
        prepare(database);
        database.executeSource("TRUNCATE t", "INSERT INTO t (id) VALUES (1)");

        CopiedTable table = CopiedTable.copy(database, new TypeMapping.Options(false, true, true, true));

        table.clickHouseTypes().forEach((column, type) -> {
            if (!column.equals("id")) {
                assertThat(type).doesNotStartWith("Nullable");
                assertThat(table.target("toString(" + column + ") = toString(defaultValueOfTypeName('"
                                        + type.replace("'", "\\'") + "'))")
                                .get(0))
                        .as(type)
                        .isEqualTo("1");
            }
        });
        assertThat(table.altered()).isEmpty();
    }

    /** Makes the table {@code t} with a column for each case, and returns its number of rows. */
    private static int prepare(TestDatabase database) {
        database.executeSource(
                "CREATE EXTENSION hstore",
                "CREATE TYPE mood AS ENUM ('ok', E'it''s\\t\"bad\\\\')",
                "CREATE TYPE address AS (street text, number int)",
                "CREATE DOMAIN price AS numeric(12, 4)",
                "CREATE DOMAIN discount AS price");
        StringBuilder ddl = new StringBuilder("CREATE TABLE t (id int PRIMARY KEY");
        for (int i = 0; i < CASES.size(); i++) {
            ddl.append(", c").append(i).append(' ').append(CASES.get(i).type());
        }
        database.executeSource(ddl.append(")").toString());
        int rows = 1 + CASES.stream().mapToInt(c -> c.values().length).max().orElseThrow();
        for (int row = 0; row < rows; row++) {
            StringBuilder insert = new StringBuilder("INSERT INTO t VALUES (" + row);
            for (Case current : CASES) {
                insert.append(", ").append(row < current.values().length ? current.values()[row] : "NULL");
            }
            database.executeSource(insert.append(")").toString());
        }
        return rows;
    }
}
