package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With {@code verify: checksums}, what differs is not swapped in, and is named everywhere. */
@WithServers
class ChecksumsTest {
    private static final String TABLES =
            """
            tables: [{source: public.orders}, {source: public.events}]
            settings: {verify: checksums, snapshotNumRowsPerPartition: 500}
            """;

    @TempDir
    private Path directory;

    private TestDatabase database;

    @BeforeEach
    void tables(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, price numeric(10, 2), note text)",
                "INSERT INTO orders SELECT i, i / 4.0, 'note ' || i FROM generate_series(1, 3000) i",
                "CREATE TABLE events (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
                "CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')",
                "CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
                "INSERT INTO events SELECT i, '2023-01-01'::date + i % 700 FROM generate_series(1, 2000) i",
                "ANALYZE");
    }

    @Test
    void whatIsEqualIsSwappedInWithAResultForEachColumn() throws Exception {
        EngineProcess.run(database.pipeYaml(TABLES), "resync", "--artifacts", directory.toString())
                .assertSucceeded();

        for (JsonNode table : statistics().path("tables")) {
            assertThat(table.path("verification").asText()).isEqualTo("PASSED");
            JsonNode checksums = table.path("checks").path(1);
            assertThat(checksums.path("check").asText()).isEqualTo("checksums");
            assertThat(checksums.path("columns").findValuesAsText("result"))
                    .isNotEmpty()
                    .containsOnly("PASSED");
        }
        assertThat(Files.readString(directory.resolve("verification.xml")))
                .contains("the checksums of all columns are equal", "checksums of 3 columns are equal");
    }

    /** The table has lost a digit of its price, as if the mapping had a fault: rows and keys are all there. */
    @Test
    void aColumnThatDiffersIsNamedAndTheOriginalStays() throws Exception {
        EngineProcess.run(database.pipeYaml(TABLES), "resync").assertSucceeded();
        List<List<String>> before = database.queryTarget("SELECT sum(cityHash64(*)) FROM orders");
        try (HeldLoad held = HeldLoad.start(database, TABLES, directory)) {
            database.executeTarget("ALTER TABLE orders_resync MODIFY COLUMN price Nullable(Decimal(10, 1))");
            held.release();

            held.process()
                    .awaitEnd()
                    .assertRefused(3, "orders: column price: the values differ", "_resync tables are kept");
        }

        assertThat(database.queryTarget("SELECT sum(cityHash64(*)) FROM orders"))
                .isEqualTo(before);
        JsonNode orders = statistics().path("tables").findParents("source").stream()
                .filter(table -> table.path("target").asText().equals("orders"))
                .findFirst()
                .orElseThrow();
        assertThat(orders.path("verification").asText()).isEqualTo("FAILED");
        assertThat(orders.path("checks").path(1).path("columns").findParents("column"))
                .filteredOn(column -> column.path("result").asText().equals("FAILED"))
                .extracting(column -> column.path("column").asText())
                .containsExactly("price");
        assertThat(Files.readString(directory.resolve("verification.xml"))).contains("column price: the values differ");
        assertThat(Files.readString(directory.resolve("load-stats.html"))).contains("column price: the values differ");
        assertThat(Files.readString(directory.resolve("load-stats.csv"))).contains(",price\n");
        assertThat(Files.readString(directory.resolve("plan.sql"))).contains("md5(");
    }

    private JsonNode statistics() throws Exception {
        return new ObjectMapper().readTree(directory.resolve("load-stats.json").toFile());
    }
}
