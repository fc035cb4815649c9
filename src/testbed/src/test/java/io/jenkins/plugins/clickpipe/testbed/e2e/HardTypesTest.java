package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import io.jenkins.plugins.clickpipe.testbed.types.AlteredValues;
import io.jenkins.plugins.clickpipe.testbed.types.TypeCase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that are hard to carry arrive the same by the load, whose checksums agree, and by changes. */
@WithServers
class HardTypesTest {
    private static final String CHECKED = "tables: [{source: public.t}]\nsettings: {verify: checksums}\n";
    private static final String DATA = "* EXCEPT (id, _peerdb_synced_at, _peerdb_is_deleted, _peerdb_version)";

    @TempDir
    private Path directory;

    @Test
    void theValuesOfEveryTypeArriveTheSameByLoadAndByChange(TestDatabase database) {
        TypeCase.makeTable(database);

        assertLoadAndChangesAgree(database);
    }

    @Test
    void alteredValuesArriveTheSameByLoadAndByChangeAndAreCountedByColumn(TestDatabase database) throws Exception {
        AlteredValues.makeTable(database);

        assertLoadAndChangesAgree(database, "--artifacts", directory.toString());

        JsonNode table = new ObjectMapper()
                .readTree(directory.resolve("load-stats.json").toFile())
                .path("tables")
                .path(0);
        Map<String, Long> altered = new TreeMap<>();
        table.path("alteredValuesByColumn")
                .properties()
                .forEach(
                        column -> altered.put(column.getKey(), column.getValue().asLong()));
        assertThat(altered).isEqualTo(new TreeMap<>(AlteredValues.COUNTS));
        assertThat(table.path("verification").asText()).isEqualTo("PASSED");
        assertThat(table.path("checks").findValuesAsText("check")).contains("rowCounts", "checksums");
    }

    /** The load reads them in binary, the changes come as text. */
    @Test
    void randomValuesArriveTheSameInBinaryAndAsText(TestDatabase database) throws Exception {
        String seed = String.valueOf(System.nanoTime() % 1_000_000 / 1_000_000.0);
        System.out.println("seed of the random values: " + seed);
        database.executeSource(
                "CREATE EXTENSION hstore",
                "CREATE TYPE mood AS ENUM ('sad', 'happy')",
                """
                CREATE TABLE t (id int PRIMARY KEY, b bool, i2 int2, i4 int4, i8 int8, o oid, f4 float4, f8 float8,
                    n9 numeric(9, 3), n18 numeric(18, 9), n38 numeric(38, 10), n76 numeric(76, 40), n numeric,
                    d date, ts timestamp, tz timestamptz, tm time, u uuid, s text, c char(9), y bytea, j jsonb,
                    k json, m mood, p point, h hstore, ip inet, iv interval, an numeric[], ats timestamp[], at text[],
                    am mood[], af float8[], ab bytea[], au uuid[])""",
                """
                DO $$ BEGIN
                PERFORM setseed(%s);
                INSERT INTO t SELECT i, r > 0.5, (r - 0.5) * 60000, (r - 0.5) * 4e9, (r - 0.5) * 1.8e19,
                    (r * 4294967295)::bigint::oid, (r - 0.5) * 10 ^ (60 * r - 30), (r - 0.5) * 10 ^ (600 * r - 300),
                    (r - 0.5) * 1999999, (r - 0.5) * 1999999999, big / 1e14, big / 1e6, (r - 0.5) * big / 1e2,
                    date '2000-01-01' + ((r - 0.5) * 400000)::int, timestamp '2000-01-01' + span,
                    timestamptz '2000-01-01Z' + span, time '00:00' + span, md5(r::text)::uuid,
                    repeat(chr(1 + (r * 50000)::int) || chr(92) || chr(9) || '''"', (r * 20)::int), left(md5(r::text), 7),
                    decode(md5(r::text), 'hex'), jsonb_build_object('r', r, 'q', E'\t"'), json_build_array(r, NULL),
                    CASE WHEN r > 0.5 THEN 'sad' ELSE 'happy' END::mood, point(r, -r * 1e300), hstore('k' || i, r::text),
                    ('10.0.' || i %% 256 || '.7')::inet, span, ARRAY[big, NULL, r, 'NaN'],
                    ARRAY[timestamp '2000-01-01' + span, NULL], ARRAY[NULL, chr(1 + (r * 50000)::int), E'{"\\,'],
                    ARRAY['sad', NULL]::mood[], ARRAY[r, -r * 1e200, 'Infinity', 'NaN'],
                    ARRAY[decode(md5(r::text), 'hex')], ARRAY[md5(r::text)::uuid]
                  FROM (SELECT i, r, (r * 1e18)::numeric * 10 ^ (i %% 24)::numeric AS big,
                               (r - 0.5) * interval '400000 days' AS span
                          FROM (SELECT i, random() AS r FROM generate_series(1, 700) i) a) b;
                END $$"""
                        .formatted(seed),
                "INSERT INTO t (id) VALUES (701)");

        assertLoadAndChangesAgree(database, "--artifacts", directory.toString());

        assertThat(Files.readString(directory.resolve("plan.sql")))
                .contains("(FORMAT binary)", "format('%s', \"ip\")", "\"n76\"");
    }

    /** More than half of them NULL, since a row must fit in a page. */
    @Test
    void sixteenHundredColumnsArrive(TestDatabase database) {
        List<String> types = List.of("int4", "text", "numeric(9, 2)", "date", "float8", "boolean", "int8", "timestamp");
        List<String> values =
                List.of("7", "'x'", "1.5", "'2024-02-29'", "0.1", "true", "NULL", "'2024-01-01 10:00:00.5'");
        database.executeSource(
                "CREATE TABLE t (id int PRIMARY KEY, "
                        + IntStream.range(1, 1600)
                                .mapToObj(i -> "c" + i + " " + types.get(i % types.size()))
                                .collect(Collectors.joining(", "))
                        + ")",
                "INSERT INTO t SELECT i, "
                        + IntStream.range(1, 1600)
                                .mapToObj(i -> i < 800 ? values.get(i % values.size()) : "NULL")
                                .collect(Collectors.joining(", "))
                        + " FROM generate_series(1, 3) i");

        assertLoadAndChangesAgree(database);

        assertThat(database.queryTarget("SELECT c1, c2, c3, c7 FROM t LIMIT 1"))
                .containsExactly(List.of("x", "1.5", "2024-02-29", "2024-01-01 10:00:00.500000"));
    }

    @Test
    void namesThatNeedQuotesAndTheEnginesOwnVariablesAreOrdinaryColumns(TestDatabase database) {
        database.executeSource(
                """
                CREATE TABLE t (id int PRIMARY KEY, "e" int[], "k" text, "x" text[], "$v" float8, "a.b" int, "a|b" text,
                                "sum(1)" int, "back\\slash" text, "q'u""o`te" date, "été ☃" text, "MiXeD" int,
                                elements int[], count int)""",
                """
                INSERT INTO t SELECT i, ARRAY[i, NULL], 'k', ARRAY['|', NULL], i / 3.0, i, '|', i, '\\', '2024-01-01',
                       '☃', i, '{{1,2},{3,4}}', i FROM generate_series(1, 5) i""");

        assertLoadAndChangesAgree(database);
    }

    @Test
    void storedGeneratedColumnsArriveByLoadAndByChange(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE t (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a * 2) STORED)",
                "INSERT INTO t SELECT i, i FROM generate_series(1, 5) i");
        EngineProcess.run(database.pipeYaml(CHECKED), "resync").assertSucceeded();
        database.executeSource("INSERT INTO t VALUES (1001, 1)", "UPDATE t SET a = 9 WHERE id = 2");
        EngineProcess.run(database.pipeYaml(CHECKED), "sync", "--once").assertSucceeded();

        assertThat(database.queryTarget("SELECT id, b FROM t FINAL ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, b FROM t ORDER BY id"));
    }

    @Test
    void aVirtualGeneratedColumnIsLoadedOnceAndRefusedForChanges(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE t (id int PRIMARY KEY, a int, v int GENERATED ALWAYS AS (a * 3) VIRTUAL)",
                "INSERT INTO t SELECT i, i FROM generate_series(1, 5) i");

        EngineProcess.run(database.pipeYaml(CHECKED), "resync")
                .assertRefused(1, "column v is generated", "excludedColumns");
        EngineProcess.run(database.pipeYaml(CHECKED), "resync", "--set", "replicationMode=snapshot")
                .assertSucceeded();

        assertThat(database.queryTarget("SELECT sum(v) FROM t")).containsExactly(List.of("45"));
    }

    @Test
    void aColumnNamedLikeOneOfOursIsRefusedAndCanBeExcluded(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE t (id int PRIMARY KEY, _peerdb_version bigint)", "INSERT INTO t VALUES (1, 7)");

        EngineProcess.run(database.pipeYaml(CHECKED), "resync").assertRefused(1, "_peerdb_version", "excludedColumns");
        EngineProcess.run(
                        database.pipeYaml("tables: [{source: public.t, excludedColumns: [_peerdb_version]}]\n"),
                        "resync")
                .assertSucceeded();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    d  | date      | infinity              | Date32
                    n  | numeric   | 1e-40                 | Decimal(76, 38)
                    a  | int[]     | {{1,2},{3,4}}         | Array(Nullable(Int32))
                    ts | timestamp | 0044-03-15 12:00:00 BC | DateTime64(6)
                    """)
    void strictTypesNamesTableColumnKeyAndValue(
            String column, String type, String value, String target, TestDatabase database) {
        database.executeSource(
                "CREATE TABLE t (a1 int, " + column + " " + type + ", id int PRIMARY KEY)",
                "INSERT INTO t VALUES (NULL, NULL, 5)");
        if (type.endsWith("[]")) {
            database.executeSource("UPDATE t SET " + column + " = '{}'");
        }
        String yaml = database.pipeYaml("tables: [{source: public.t}]\nsettings: {strictTypes: true}\n");
        EngineProcess.run(yaml, "resync").assertSucceeded();
        String shown = type.equals("numeric") ? "0.0000000000000000000000000000000000000001" : value;
        String[] said = {"public.t", "id=77", '"' + column + '"', target, "'" + shown + "'", "strictTypes"};
        database.executeSource("INSERT INTO t (id, " + column + ") VALUES (77, '" + value + "')");

        EngineProcess.run(yaml, "sync", "--once").assertRefused(1, said);
        EngineProcess.run(yaml, "resync").assertRefused(1, said);

        assertThat(database.queryTarget("SELECT id FROM t")).containsExactly(List.of("5"));
    }

    @Test
    void keysThatBecomeTheSameByAlterationAreRefused(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE t (id int, until date, PRIMARY KEY (id, until))",
                "INSERT INTO t VALUES (1, '2024-01-01'), (1, 'infinity'), (2, 'infinity')");
        EngineProcess.run(database.pipeYaml(CHECKED), "resync").assertSucceeded();
        database.executeSource("INSERT INTO t VALUES (2, '-infinity')");

        EngineProcess.run(database.pipeYaml(CHECKED), "resync").assertRefused(3, "t: ", "sorting key were altered");

        assertThat(database.queryTarget("SELECT count() FROM t")).containsExactly(List.of("3"));
    }

    /** Every row is inserted again, with 1000 more for its id, while the pipe runs. */
    private static void assertLoadAndChangesAgree(TestDatabase database, String... options) {
        EngineProcess.run(database.pipeYaml(CHECKED), "resync", options).assertSucceeded();
        String columns = database.querySource(
                        """
                        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                         WHERE attrelid = 'public.t'::regclass AND attnum > 0 AND attname <> 'id'""")
                .get(0)
                .get(0);
        database.executeSource("INSERT INTO t (id, %1$s) SELECT id + 1000, %1$s FROM t".formatted(columns));
        EngineProcess.run(database.pipeYaml(CHECKED), "sync", "--once").assertSucceeded();

        List<List<String>> loaded = database.queryTarget("SELECT " + DATA + " FROM t WHERE id < 1000 ORDER BY id");
        assertThat(database.queryTarget("SELECT " + DATA + " FROM t WHERE id >= 1000 ORDER BY id"))
                .isEqualTo(loaded)
                .isNotEmpty();
    }
}
