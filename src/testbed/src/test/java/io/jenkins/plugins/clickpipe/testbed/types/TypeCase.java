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

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.util.List;

/**
 * A column's type with values that are hard to carry.
 *
 * @param representation how to compare them
 * @param values SQL expressions
 */
public record TypeCase(String type, Representation representation, String... values) {
    /** Every type of the mapping, and others that arrive as text. */
    static final List<TypeCase> ALL = List.of(
            new TypeCase("bool", WORDS, "true", "false"),
            new TypeCase("truth", WORDS, "true"),
            new TypeCase("int2", WORDS, "-32768", "32767"),
            new TypeCase("int4", WORDS, "-2147483648", "2147483647"),
            new TypeCase("int8", WORDS, "-9223372036854775808", "9223372036854775807"),
            new TypeCase("oid", WORDS, "0", "4294967295"),
            new TypeCase(
                    "float4",
                    FLOAT_BITS,
                    "'1.1754944e-38'",
                    "'3.4028235e38'",
                    "'Infinity'",
                    "'-Infinity'",
                    "0.1",
                    "'-0'"),
            new TypeCase(
                    "float8",
                    DOUBLE_BITS,
                    "'5e-324'",
                    "'1.7976931348623157e308'",
                    "'Infinity'",
                    "'-Infinity'",
                    "'NaN'",
                    "0.1::float8 + 0.2::float8",
                    "pi()",
                    "'-0'"),
            new TypeCase("numeric(10, 2)", DIGITS, "0", "-99999999.99", "99999999.99", "0.1"),
            new TypeCase("numeric(76, 0)", DIGITS, "repeat('9', 76)::numeric", "-1"),
            new TypeCase("numeric(76, 76)", DIGITS, "('0.' || repeat('9', 76))::numeric"),
            new TypeCase("numeric(2, -3)", DIGITS, "99000", "-99000"),
            new TypeCase("numeric(3, 5)", DIGITS, "0.00999", "-0.00001"),
            new TypeCase(
                    "numeric",
                    DIGITS,
                    "(repeat('9', 38) || '.' || repeat('9', 38))::numeric",
                    "-0.5",
                    "('1.' || repeat('0', 100))::numeric"),
            new TypeCase(
                    "text",
                    HEX,
                    "''",
                    "E'a\\tb\\nc\\rd\\\\e\\bf\\fg\\x0Bh\\x01\\x7F''\"'",
                    "'\\N'",
                    "'\\.'",
                    "'NULL'",
                    "U&'\\+01F600 \\00E9'",
                    "repeat(E'x\\\\', 100000)"),
            new TypeCase(
                    "text",
                    HEX,
                    "U&'\\0080\\0085\\00A0\\2028\\FEFF\\FFFF\\+10FFFF'",
                    "'{\"a\": tru'",
                    "E'\\x01\\x02\\x1E\\x1F|\\t|'",
                    "E'\\\\x00'",
                    "E'\\n\\n'"),
            new TypeCase("citext", HEX, "'MiXed'", "''"),
            new TypeCase("ltree", HEX, "'Top.Science.A_1'"),
            new TypeCase("cube", HEX, "'(1.5,2),(3,4)'"),
            new TypeCase("isbn", HEX, "'978-0-393-04002-9'"),
            new TypeCase("seg", HEX, "'1.5 .. 2.50'"),
            new TypeCase("tsquery", HEX, "'fat & (rat | !cat:*B)'"),
            new TypeCase("jsonpath", HEX, "'$.a[*] ? (@ > 1)'"),
            new TypeCase("regclass", HEX, "'pg_class'"),
            new TypeCase("xid8", HEX, "'18446744073709551615'"),
            new TypeCase("lseg", HEX, "'[(0,0),(1,1)]'"),
            new TypeCase("polygon", HEX, "'((0,0),(1,1),(2,0))'"),
            new TypeCase("circle", HEX, "'<(1,2),3>'"),
            new TypeCase("line", HEX, "'{1,-1,0}'"),
            new TypeCase("path", HEX, "'[(0,0),(1,1)]'"),
            new TypeCase("macaddr8", HEX, "'08:00:2b:01:02:03:04:05'"),
            new TypeCase("tstzrange", HEX, "'[2024-01-01 00:00+02,infinity)'", "'empty'"),
            new TypeCase("nummultirange", HEX, "'{(,1e-40],[1e40,)}'"),
            new TypeCase("floatrange", HEX, "'[-Infinity,1e-300)'"),
            new TypeCase("varchar(10)", HEX, "'ab '", "''"),
            new TypeCase("char(5)", HEX, "'ab'"),
            new TypeCase("name", HEX, "'n'"),
            new TypeCase("\"char\"", HEX, "'c'", "'\\377'"),
            new TypeCase("xml", HEX, "'<a b=\"c\">&amp;</a>'"),
            new TypeCase("tsvector", HEX, "'a:1 fat:2,4 ''b c'':3B'"),
            new TypeCase("int4range", HEX, "'[1,5)'", "'empty'", "'(,)'"),
            new TypeCase("int4multirange", HEX, "'{[1,3),[5,9)}'"),
            new TypeCase("money", HEX, "-92233720368547758.08", "1234.5"),
            new TypeCase("bit(4)", HEX, "B'0101'"),
            new TypeCase("varbit", HEX, "B'010'", "B''"),
            new TypeCase("inet", HEX, "'0.0.0.0/0'", "'::ffff:1.2.3.4/128'", "'192.168.0.1'", "'2001:db8::1/64'"),
            new TypeCase("cidr", HEX, "'10.0.0.0/8'"),
            new TypeCase("macaddr", HEX, "'08:00:2b:01:02:03'"),
            new TypeCase("pg_lsn", HEX, "'16/B374D848'"),
            new TypeCase("int2vector", HEX, "'1 2 3'"),
            new TypeCase("box", HEX, "'(1,2),(0,0)'"),
            new TypeCase(
                    "interval",
                    HEX,
                    "'infinity'",
                    "'-1 days +02:03:04.000001'",
                    "'-00:00:00.5'",
                    "'1 year -2 mons 3 days 04:05:06.789'",
                    "'0'",
                    "'-178000000 years'"),
            new TypeCase("timetz", HEX, "'24:00:00-15:59:59'", "'00:00:00+15:59:59'", "'10:00:00.5+05:30'"),
            new TypeCase("time", CLOCK, "'00:00'", "'24:00:00'", "'23:59:59.999999'"),
            new TypeCase(
                    "bytea",
                    BYTES,
                    "''",
                    "'\\x00'",
                    "(SELECT string_agg(set_byte('\\x00'::bytea, 0, i), ''::bytea ORDER BY i)"
                            + " FROM generate_series(0, 255) i)"),
            new TypeCase("json", HEX, "'{\"b\": [1, \"x\\ny\\\\z\"],  \"a\": null}'", "'[]'", "'\"s\"'", "'null'"),
            new TypeCase("jsonb", HEX, "'{\"b\": \"q\\\"q\\t\", \"a\": 1e2}'", "'null'"),
            new TypeCase(
                    "uuid", WORDS, "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'00000000-0000-0000-0000-000000000000'"),
            new TypeCase("date", DAY, "'1900-01-01'", "'2299-12-31'", "'1969-12-31'", "'2024-02-29'"),
            new TypeCase(
                    "timestamp",
                    MICROSECONDS,
                    "'1900-01-01 00:00:00'",
                    "'1900-01-01 00:00:00.000001'",
                    "'1969-12-31 23:59:59.5'",
                    "'2299-12-31 23:59:59.999999'",
                    "'2024-03-31 02:30:00'"),
            new TypeCase(
                    "timestamptz",
                    MICROSECONDS,
                    "'1900-01-01 00:00:00+00'",
                    "'1969-12-31 23:59:59.123456+00'",
                    "'2299-12-31 23:59:59.999999+00'",
                    "'2024-03-31 02:30:00+05:30'"),
            new TypeCase("mood", HEX, "'ok'", "E'it''s\\t\"bad\\\\'"),
            new TypeCase(
                    "hstore",
                    PAIRS,
                    "''",
                    "'a=>1, b=>NULL'",
                    "hstore(ARRAY[E'k,\"=>''\\\\', ''], ARRAY[E'v\\t\\n{}', 'NULL'])"),
            new TypeCase("point", COORDINATES, "'(1.5,-2)'", "'(1e300,Infinity)'"),
            new TypeCase("address", HEX, "ROW(E'Main \"St\"\\\\', 1)::address", "ROW(NULL, 2)::address"),
            new TypeCase("price", DIGITS, "12345678.1234"),
            new TypeCase("discount", DIGITS, "0.5"),
            new TypeCase("float4[]", ELEMENTS, "'{1,NULL,-2}'"),
            new TypeCase("citext[]", ELEMENTS, "'{Ab,NULL,\"\"}'"),
            new TypeCase("inet[]", ELEMENTS, "'{10.0.0.1,::1/64,NULL}'"),
            new TypeCase("char(3)[]", ELEMENTS, "'{a,NULL}'"),
            new TypeCase("money[]", ELEMENTS, "'{1.5,NULL,-1234.56}'"),
            new TypeCase("hstore[]", ELEMENTS, "ARRAY['a=>\"1,2\"'::hstore, NULL]"),
            new TypeCase("xml[]", ELEMENTS, "ARRAY['<a b=\"c\">{},\\</a>'::xml, NULL]"),
            new TypeCase("interval[]", ELEMENTS, "'{1 day,-00:00:01,NULL}'"),
            new TypeCase("int4multirange[]", ELEMENTS, "ARRAY['{[1,3),[5,9)}'::int4multirange, NULL, '{}']"),
            new TypeCase("numbers", WORD_ELEMENTS, "'{1,NULL}'"),
            new TypeCase("numbers[]", ELEMENTS, "ARRAY['{1,NULL}'::numbers]"),
            new TypeCase("crowd", HEX, "ROW('{\"a,b\",NULL}', ROW(E'x\"\\\\', 1)::address, 'a=>b')::crowd"),
            new TypeCase("int4[]", WORD_ELEMENTS, "'{}'", "'{1,NULL,-2147483648}'"),
            new TypeCase("bool[]", WORD_ELEMENTS, "'{t,f,NULL}'"),
            new TypeCase("float8[]", DOUBLE_ELEMENTS, "'{5e-324,Infinity,-Infinity,NULL,0.1}'"),
            new TypeCase("numeric(10, 2)[]", DIGIT_ELEMENTS, "'{1.25,NULL,-99999999.99}'"),
            new TypeCase(
                    "text[]",
                    ELEMENTS,
                    "'{}'",
                    "ARRAY['', NULL, 'NULL', 'null', 'a,b', '{}', '\"', '''',"
                            + " '\\', '\\N', E'\\t\\n\\r\\b\\f\\x0B\\x01', ' ', U&'\\+01F600']"),
            new TypeCase("varchar(5)[]", ELEMENTS, "'{a,b}'"),
            new TypeCase("uuid[]", WORD_ELEMENTS, "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,NULL}'"),
            new TypeCase("date[]", WORD_ELEMENTS, "'{1900-01-01,NULL,2299-12-31}'"),
            new TypeCase("timestamp[]", MICROSECOND_ELEMENTS, "'{1900-01-01 00:00:00.5,NULL}'"),
            new TypeCase("timestamptz[]", MICROSECOND_ELEMENTS, "'{2024-03-31 02:30:00.123456+02,NULL}'"),
            new TypeCase("bytea[]", BYTE_ELEMENTS, "ARRAY['\\x00275c0a22'::bytea, NULL, '']"),
            new TypeCase("jsonb[]", ELEMENTS, "ARRAY['{\"a\": \"x\\\"y\"}'::jsonb, NULL]"),
            new TypeCase("mood[]", ELEMENTS, "ARRAY['ok', E'it''s\\t\"bad\\\\', NULL]::mood[]"),
            new TypeCase("point[]", ELEMENTS, "ARRAY[point '(1,2)', NULL]"),
            new TypeCase("box[]", ELEMENTS, "ARRAY[box '(1,2),(0,0)', box '(5,6),(3,4)']"),
            new TypeCase("address[]", COMPOSITE_ELEMENTS, "ARRAY[ROW(E'a \"b\"\\\\', 1)::address]"),
            new TypeCase("price[]", DIGIT_ELEMENTS, "'{1.5,NULL}'"),
            new TypeCase("int4range[]", ELEMENTS, "ARRAY['[1,2)'::int4range]"));

    /** Makes the table {@code t} with a column for each case, and returns its number of rows. */
    public static int makeTable(TestDatabase database) {
        database.executeSource(
                "CREATE EXTENSION hstore",
                "CREATE EXTENSION citext",
                "CREATE EXTENSION ltree",
                "CREATE EXTENSION cube",
                "CREATE EXTENSION isn",
                "CREATE EXTENSION seg",
                "CREATE TYPE floatrange AS RANGE (subtype = float8)",
                "CREATE DOMAIN truth AS bool",
                "CREATE DOMAIN numbers AS int[]",
                "CREATE TYPE mood AS ENUM ('ok', E'it''s\\t\"bad\\\\')",
                "CREATE TYPE address AS (street text, number int)",
                "CREATE TYPE crowd AS (names text[], home address, notes hstore)",
                "CREATE DOMAIN price AS numeric(12, 4)",
                "CREATE DOMAIN discount AS price");
        StringBuilder ddl = new StringBuilder("CREATE TABLE t (id int PRIMARY KEY");
        for (int i = 0; i < ALL.size(); i++) {
            ddl.append(", c").append(i).append(' ').append(ALL.get(i).type());
        }
        database.executeSource(ddl.append(")").toString());
        int rows = 1 + ALL.stream().mapToInt(c -> c.values().length).max().orElseThrow();
        for (int row = 0; row < rows; row++) {
            StringBuilder insert = new StringBuilder("INSERT INTO t VALUES (" + row);
            for (TypeCase current : ALL) {
                insert.append(", ").append(row < current.values().length ? current.values()[row] : "NULL");
            }
            database.executeSource(insert.append(")").toString());
        }
        return rows;
    }
}
