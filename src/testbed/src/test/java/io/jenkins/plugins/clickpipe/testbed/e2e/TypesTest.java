package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every type of the mapping with an ordinary value and NULL, by the load and by a change. */
@WithServers
class TypesTest {
    /**
     * @param source the PostgreSQL type
     * @param value a value in PostgreSQL's text form
     * @param target the ClickHouse type
     * @param text ClickHouse's text of the value
     * @param none ClickHouse's text of NULL; {@code null} where NULL stays NULL
     */
    private record Column(String source, String value, String target, String text, String none) {
        Column(String source, String value, String target, String text) {
            this(source, value, target, text, null);
        }
    }

    private static final List<Column> COLUMNS = List.of(
            new Column("boolean", "t", "Nullable(Bool)", "true"),
            new Column("int2", "-32768", "Nullable(Int16)", "-32768"),
            new Column("int4", "2147483647", "Nullable(Int32)", "2147483647"),
            new Column("int8", "-9223372036854775808", "Nullable(Int64)", "-9223372036854775808"),
            new Column("float4", "1.5", "Nullable(Float32)", "1.5"),
            new Column("float8", "0.1", "Nullable(Float64)", "0.1"),
            new Column("numeric(12,3)", "-123456789.125", "Nullable(Decimal(12, 3))", "-123456789.125"),
            new Column("numeric", "12345678901234567890.5", "Nullable(Decimal(76, 38))", "12345678901234567890.5"),
            new Column("text", "tab\there, \\ and é", "Nullable(String)", "tab\there, \\ and é"),
            new Column("varchar(20)", "twenty", "Nullable(String)", "twenty"),
            new Column("char(5)", "ab", "Nullable(String)", "ab   "),
            new Column("name", "a name", "Nullable(String)", "a name"),
            new Column("xml", "<a>1</a>", "Nullable(String)", "<a>1</a>"),
            new Column("tsvector", "'cat':1", "Nullable(String)", "'cat':1"),
            new Column("int4range", "[1,5)", "Nullable(String)", "[1,5)"),
            new Column("money", "$12.50", "Nullable(String)", "$12.50"),
            new Column("bit(4)", "1010", "Nullable(String)", "1010"),
            new Column("varbit", "101", "Nullable(String)", "101"),
            new Column("cidr", "10.0.0.0/8", "Nullable(String)", "10.0.0.0/8"),
            new Column("inet", "10.1.2.3", "Nullable(String)", "10.1.2.3"),
            new Column("macaddr", "08:00:2b:01:02:03", "Nullable(String)", "08:00:2b:01:02:03"),
            new Column("bytea", "\\x41420a5c43", "Nullable(String)", "AB\n\\C"),
            new Column("json", "{\"a\": [1, null]}", "Nullable(String)", "{\"a\": [1, null]}"),
            new Column("jsonb", "{\"a\": [1, null]}", "Nullable(String)", "{\"a\": [1, null]}"),
            new Column(
                    "uuid",
                    "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
                    "Nullable(UUID)",
                    "3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
            new Column("date", "1969-07-20", "Nullable(Date32)", "1969-07-20"),
            new Column(
                    "timestamp", "2024-02-29 23:59:59.123456", "Nullable(DateTime64(6))", "2024-02-29 23:59:59.123456"),
            new Column(
                    "timestamptz",
                    "2024-02-29 23:59:59.5+02",
                    "Nullable(DateTime64(6, 'UTC'))",
                    "2024-02-29 21:59:59.500000"),
            new Column("timetz", "01:02:03+04", "Nullable(String)", "01:02:03+04"),
            new Column("interval", "1 year 2 days 03:00", "Nullable(String)", "P1Y2DT3H"),
            new Column("mood", "happy", "LowCardinality(Nullable(String))", "happy"),
            new Column("int4[]", "{1,NULL,3}", "Array(Nullable(Int32))", "[1,NULL,3]", "[]"),
            new Column("text[]", "{\"a,b\",NULL,\"\"}", "Array(Nullable(String))", "['a,b',NULL,'']", "[]"),
            new Column("positive", "7", "Nullable(Int32)", "7"),
            new Column("pair", "(1,x)", "Nullable(String)", "(1,x)"),
            new Column("point", "(1.5,-2)", "Tuple(Float64, Float64)", "(1.5,-2)", "(0,0)"));

    @Test
    void ordinaryValuesAndNullArriveByLoadAndByChange(TestDatabase database) {
        String columns = "";
        for (int i = 0; i < COLUMNS.size(); i++) {
            columns += ", c" + i + " " + COLUMNS.get(i).source();
        }
        database.executeSource(
                "CREATE TYPE mood AS ENUM ('sad', 'happy')",
                "CREATE DOMAIN positive AS int4 CHECK (VALUE > 0)",
                "CREATE TYPE pair AS (a int, b text)",
                "CREATE TABLE everything (id int PRIMARY KEY" + columns + ")",
                insert(1),
                "INSERT INTO everything (id) VALUES (2)");
        String yaml = database.pipeYaml("tables: [{source: public.everything}]\n");

        EngineProcess.run(yaml, "resync").assertSucceeded();
        database.executeSource(insert(3), "INSERT INTO everything (id) VALUES (4)");
        EngineProcess.run(yaml, "sync", "--once").assertSucceeded();

        assertThat(database
                        .queryTarget("SELECT type FROM system.columns WHERE database = currentDatabase()"
                                + " AND table = 'everything' AND name LIKE 'c%' ORDER BY position")
                        .stream()
                        .map(row -> row.get(0)))
                .containsExactlyElementsOf(COLUMNS.stream().map(Column::target).toList());
        List<List<String>> rows = database.queryTarget("SELECT * EXCEPT (_peerdb_synced_at, _peerdb_is_deleted,"
                + " _peerdb_version) FROM everything FINAL ORDER BY id");
        assertThat(rows).hasSize(4);
        assertThat(rows.get(0)).isEqualTo(row("1", Column::text));
        assertThat(rows.get(1)).isEqualTo(row("2", Column::none));
        assertThat(rows.get(2)).isEqualTo(row("3", Column::text));
        assertThat(rows.get(3)).isEqualTo(row("4", Column::none));
    }

    private static List<String> row(String id, java.util.function.Function<Column, String> text) {
        List<String> row = new ArrayList<>(List.of(id));
        COLUMNS.forEach(column -> row.add(text.apply(column)));
        return row;
    }

    private static String insert(int id) {
        return COLUMNS.stream()
                .map(column -> "'" + column.value().replace("'", "''") + "'")
                .collect(Collectors.joining(", ", "INSERT INTO everything VALUES (" + id + ", ", ")"));
    }
}
