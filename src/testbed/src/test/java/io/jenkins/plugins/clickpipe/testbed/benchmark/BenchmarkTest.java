package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.engine.cli.Main;
import io.jenkins.plugins.clickpipe.testbed.Servers;
import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithServers
class BenchmarkTest {
    private static final List<String> ENGINE =
            List.of(ChildProcess.java(), "-cp", System.getProperty("java.class.path"), Main.class.getName());

    @TempDir
    private Path directory;

    @Test
    void everyContenderIsMeasuredAndWrittenDown(Servers servers) throws InterruptedException, IOException {
        Scale scale = new Scale(
                4000,
                4000,
                1,
                List.of(2),
                List.of("pgbench_accounts", "wide"),
                List.of(EngineLoad.NAME, "postgresql()", ProgramLoad.SOURCE_FLOOR, ProgramLoad.TARGET_FLOOR),
                List.of(1000L, 2000L),
                List.of(1L, 4L));

        Benchmark.run(servers, ENGINE, directory, scale);

        JsonNode results =
                new ObjectMapper().readTree(directory.resolve("load.json").toFile());
        assertThat(results)
                .extracting(r -> r.path("table").asText() + "/"
                        + r.path("contender").asText() + "/" + r.path("workers").asInt() + "/"
                        + r.path("rows").asLong())
                .containsExactly(
                        "pgbench_accounts/engine/2/4000",
                        "pgbench_accounts/postgresql()/1/4000",
                        "pgbench_accounts/COPY to nowhere/2/4000",
                        "pgbench_accounts/TabSeparated from files/2/4000",
                        "wide/engine/2/1000",
                        "wide/postgresql()/1/1000",
                        "wide/COPY to nowhere/2/1000",
                        "wide/TabSeparated from files/2/1000");
        assertThat(results).allSatisfy(r -> assertThat(
                        List.of("rowsPerSecond", "megabytesPerSecond", "cpuSeconds", "peakMemoryBytes"))
                .allSatisfy(figure ->
                        assertThat(r.path(figure).asDouble()).as(figure).isPositive()));
    }

    @Test
    void changesAreMeasuredAndWrittenDown(Servers servers) throws InterruptedException, IOException {
        ChangesBenchmark.run(
                servers,
                ENGINE,
                directory,
                2000,
                2,
                List.of(EngineSync.NAME, ChangesBenchmark.FLOOR),
                Duration.ofSeconds(3));

        JsonNode results =
                new ObjectMapper().readTree(directory.resolve("changes.json").toFile());
        assertThat(results)
                .extracting(r -> r.path("contender").asText())
                .containsExactly(EngineSync.NAME, ChangesBenchmark.FLOOR, LagMeasurement.NAME);
        assertThat(results.get(2).path("p50Seconds").asDouble()).isPositive();
        assertThat(results.get(2).path("p99Seconds").asDouble())
                .isGreaterThanOrEqualTo(results.get(2).path("p50Seconds").asDouble());
        assertThat(results)
                .allSatisfy(
                        r -> assertThat(r.path("changesPerSecond").asDouble()).isPositive());
    }

    @Test
    void aContenderThatLosesARowEndsTheBenchmark(Servers servers) {
        try (Arena arena = Arena.open(servers, directory)) {
            arena.fill(BenchmarkTable.NARROW, 1000);
            servers.clickHouseAdmin()
                    .execute(
                            Arena.DATABASE,
                            "CREATE TABLE copied ENGINE = MergeTree ORDER BY aid AS SELECT toInt32(number + 1) AS aid,"
                                    + " 1 AS bid, toInt32((aid::Int64 * 7919) % 20000 - 10000) AS abalance,"
                                    + " repeat(' ', 84) AS filler FROM numbers(1000)");
            arena.verify(BenchmarkTable.NARROW, "copied", 1000);

            servers.clickHouseAdmin().execute(Arena.DATABASE, "DELETE FROM copied WHERE aid = 77");

            assertThatThrownBy(() -> arena.verify(BenchmarkTable.NARROW, "copied", 1000))
                    .isInstanceOf(TestbedException.class)
                    .hasMessageContaining("copied");
        }
    }
}
