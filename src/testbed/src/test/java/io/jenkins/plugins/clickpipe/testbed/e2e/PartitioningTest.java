package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every row arrives once, whatever the tables are cut by. */
@WithServers
class PartitioningTest {
    private static final String SETTINGS =
            "settings: {snapshotNumRowsPerPartition: %d, initialLoadParallelism: 3, replicationMode: snapshot}\n";

    @TempDir
    private Path artifacts;

    @Test
    void aPartitionKeyCutsByItsValuesAndKeepsRowsWithoutOne(TestDatabase database) throws IOException {
        database.executeSource(
                "CREATE TABLE visits (id bigint PRIMARY KEY, visitor int, note text)",
                "INSERT INTO visits SELECT i, CASE WHEN i % 10 > 0 THEN i * 7919 % 5000 END, repeat('x', 200)"
                        + " FROM generate_series(1, 20000) i",
                "CREATE INDEX ON visits (visitor)",
                "ANALYZE visits");

        run(database, 1000, "{source: public.visits, partitionKey: visitor}");

        assertSame(database, "visits", "count(*), sum(id), count(visitor), sum(visitor)");
        assertThat(statistics("visits").path("partitionsTotal").asInt()).isBetween(15, 25);
        assertThat(copies("visits"))
                .allMatch(sql -> sql.contains(" ORDER BY \"visitor\", ctid) TO STDOUT"), "in a fixed order")
                .filteredOn(sql -> sql.contains("IS NULL"))
                .hasSize(1);
    }

    @Test
    void wholeNumbersWithoutStatisticsAreCutInEqualSteps(TestDatabase database) throws IOException {
        database.executeSource(
                "CREATE TABLE fresh (id int PRIMARY KEY, note text) WITH (autovacuum_enabled = off)",
                "INSERT INTO fresh SELECT i, repeat('y', 300) FROM generate_series(-9000, 9000) i");

        run(database, 1000, "{source: public.fresh, partitionKey: id}");

        assertSame(database, "fresh", "count(*), sum(id), min(id), max(id)");
        assertThat(statistics("fresh").path("partitionsTotal").asInt()).isGreaterThan(10);
    }

    @Test
    void anUnknownPartitionKeyIsRefused(TestDatabase database) {
        database.executeSource("CREATE TABLE t (id int PRIMARY KEY)");

        EngineProcess.run(database.pipeYaml("tables: [{source: public.t, partitionKey: day}]\n"), "resync")
                .assertRefused(1, "partitionKey names day, which the table does not have");
    }

    @Test
    void leavesAndInheritanceChildrenAreReadByThemselves(TestDatabase database) throws IOException {
        database.executeSource(
                "CREATE TABLE events (id int, day int, note text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
                "CREATE TABLE events_old PARTITION OF events FOR VALUES FROM (0) TO (50) PARTITION BY HASH (id)",
                "CREATE TABLE events_old_0 PARTITION OF events_old FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
                "CREATE TABLE events_old_1 PARTITION OF events_old FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
                "CREATE TABLE events_new PARTITION OF events DEFAULT",
                "INSERT INTO events SELECT i, i % 100, repeat('z', 100) FROM generate_series(1, 9000) i",
                "CREATE TABLE animals (id int PRIMARY KEY, name text)",
                "CREATE TABLE birds (wings int, PRIMARY KEY (id)) INHERITS (animals)",
                "CREATE TABLE swimmers (fins int) INHERITS (animals)",
                "CREATE TABLE ducks (PRIMARY KEY (id)) INHERITS (birds, swimmers)",
                "INSERT INTO animals SELECT i, 'animal' FROM generate_series(1, 3000) i",
                "INSERT INTO birds SELECT i, 'bird', 2 FROM generate_series(3001, 5000) i",
                "INSERT INTO ducks SELECT i, 'duck', 2, 0 FROM generate_series(5001, 6000) i",
                "ANALYZE");

        run(database, 1000, "{source: public.events}, {source: public.animals}");

        assertSame(database, "events", "count(*), sum(id), sum(day)");
        assertSame(database, "animals", "count(*), sum(id), count(DISTINCT name)");
        assertThat(copies("events_"))
                .extracting(sql -> sql.replaceAll(".*ONLY \"public\".\"(\\w+)\".*", "$1"))
                .contains("events_old_0", "events_old_1", "events_new");
        assertThat(copies("ducks")).isNotEmpty();
    }

    @Test
    void tenThousandPartitionsTakeFewStatements(TestDatabase database) throws IOException {
        database.executeSource(
                "CREATE TABLE many (id int PRIMARY KEY, note text) WITH (fillfactor = 10)",
                "INSERT INTO many SELECT i, 'n' FROM generate_series(1, 250000) i",
                "ANALYZE many");

        run(database, 100, "{source: public.many}");

        assertSame(database, "many", "count(*), sum(id)");
        JsonNode statistics = statistics("many");
        assertThat(statistics.path("partitionsTotal").asInt()).isGreaterThan(2000);
        assertThat(statistics.path("partitionsDone")).isEqualTo(statistics.path("partitionsTotal"));
        assertThat(copies("many")).hasSizeLessThan(150);
    }

    private void run(TestDatabase database, int rowsPerPartition, String tables) {
        String yaml = database.pipeYaml("tables: [" + tables + "]\n" + SETTINGS.formatted(rowsPerPartition));
        EngineProcess.run(yaml, "resync", "--artifacts", artifacts.toString()).assertSucceeded();
    }

    private static void assertSame(TestDatabase database, String table, String sums) {
        String sql = "SELECT " + sums + " FROM " + table;
        assertThat(database.queryTarget(sql)).as(table).isEqualTo(database.querySource(sql));
    }

    private JsonNode statistics(String table) throws IOException {
        JsonNode statistics =
                new ObjectMapper().readTree(artifacts.resolve("load-stats.json").toFile());
        List<JsonNode> tables = new ArrayList<>();
        statistics.path("tables").forEach(tables::add);
        return tables.stream()
                .filter(t -> t.path("target").asText().equals(table))
                .findFirst()
                .orElseThrow();
    }

    private List<String> copies(String relation) throws IOException {
        return Files.readAllLines(artifacts.resolve("plan.sql")).stream()
                .filter(line -> line.startsWith("COPY") && line.contains("\"" + relation))
                .map(line -> line.replaceFirst(";$", ""))
                .toList();
    }
}
