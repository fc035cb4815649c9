package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

@WithServers
class ArtifactsTest {
    private static final String TABLES =
            """
            tables: [{source: public.orders}, {source: public.customers}]
            settings: {snapshotNumRowsPerPartition: 200, strictTypes: false}
            """;

    @TempDir
    private Path directory;

    private TestDatabase database;

    @BeforeEach
    void tables(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, placed date)",
                "INSERT INTO orders SELECT i, '2024-01-01' FROM generate_series(1, 20000) i",
                "INSERT INTO orders VALUES (0, 'infinity')",
                "CREATE TABLE customers (id bigint PRIMARY KEY)",
                "INSERT INTO customers VALUES (1), (2)",
                "ANALYZE");
    }

    @Test
    void aResyncLeavesItsStatisticsChecksAndStatements() throws Exception {
        EngineProcess.run(database.pipeYaml(TABLES), "resync", "--artifacts", directory.toString())
                .assertSucceeded();

        JsonNode json =
                new ObjectMapper().readTree(directory.resolve("load-stats.json").toFile());
        assertThat(json.path("pipe").asText()).isEqualTo(database.name());
        JsonNode orders = json.path("tables").findParents("source").stream()
                .filter(table -> table.path("source").asText().equals("public.orders"))
                .findFirst()
                .orElseThrow();
        assertThat(orders.path("rows").asLong()).isEqualTo(20001);
        assertThat(orders.findValue("placed").asLong()).as("altered values").isEqualTo(1);
        assertThat(Files.readAllLines(directory.resolve("load-stats.csv")))
                .hasSizeGreaterThanOrEqualTo(3)
                .anyMatch(line -> line.contains("public.orders") && line.contains("20001"));
        assertThat(directory.resolve("load-stats.html"))
                .content()
                .contains("public.orders", "prefers-color-scheme: dark")
                .doesNotContain("src=\"http", "href=\"http", "@import");
        assertThat(directory.resolve("plan.sql"))
                .content()
                .contains("CREATE_REPLICATION_SLOT", "CREATE PUBLICATION", "COPY (SELECT", "orders_resync");
        Document verification = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(directory.resolve("verification.xml").toFile());
        assertThat(verification.getElementsByTagName("testcase").getLength()).isGreaterThanOrEqualTo(2);
        assertThat(verification.getElementsByTagName("failure").getLength()).isZero();
        assertNoSecret();
    }

    @Test
    void aRefusedSwapSaysWhichTableDiffersAndExitsWith3() throws Exception {
        EngineProcess.run(database.pipeYaml(TABLES), "resync").assertSucceeded();
        List<List<String>> before = database.queryTarget("SELECT * FROM orders ORDER BY id");
        try (HeldLoad held = HeldLoad.start(database, TABLES, directory)) {
            // rows that come from nowhere, as a fault of the load would leave them
            database.executeTarget("INSERT INTO orders_resync (id) VALUES (-1), (-2)");
            held.release();
            EngineRun run = held.process().awaitEnd().assertRefused(3, "orders", "_resync tables are kept");
            assertThat(run.stderr()).containsPattern("20\\D?001 .*20\\D?003");
            assertThat(run.phases()).doesNotContain("Resync", "Running");
        }

        assertThat(database.queryTarget("SELECT * FROM orders ORDER BY id")).isEqualTo(before);
        Footprint footprint = new Footprint(database);
        assertThat(footprint.resyncTables()).as("kept for a look").contains("orders_resync");
        assertThat(footprint.slots()).isEmpty();
        Document verification = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(directory.resolve("verification.xml").toFile());
        assertThat(verification.getElementsByTagName("failure").getLength()).isPositive();
        assertNoSecret();

        EngineProcess.run(database.pipeYaml(TABLES), "resync").assertSucceeded();
        assertThat(footprint.resyncTables()).isEmpty();
    }

    @Test
    void aFailedRunLeavesWhatItHas() throws Exception {
        String yaml = database.pipeYaml(TABLES.replace("false", "true"));

        EngineProcess.run(yaml, "resync", "--artifacts", directory.toString())
                .assertRefused(
                        1, "placed", "public.orders", "strictTypes", "Readers see the original tables as before");

        JsonNode json =
                new ObjectMapper().readTree(directory.resolve("load-stats.json").toFile());
        assertThat(json.path("status").asText()).isEqualTo("Failed");
        assertThat(directory.resolve("plan.sql")).exists();
        assertNoSecret();
        new Footprint(database).assertNothingLeft();
    }

    private void assertNoSecret() throws Exception {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                assertThat(file)
                        .content()
                        .doesNotContain(
                                database.servers().postgresPipeUser().password(),
                                database.servers().clickHousePipeUser().password());
            }
        }
    }
}
