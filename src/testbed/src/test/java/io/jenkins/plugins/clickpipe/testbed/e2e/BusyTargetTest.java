package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithServers
class BusyTargetTest {
    /** Makes chunks of a few megabytes, and so more parts. */
    private static final List<String> LITTLE_MEMORY = List.of("-Xmx96m", "-XX:+UseSerialGC");

    @TempDir
    private Path artifacts;

    @Test
    void tooManyPartsAreWaitedForAndTold(TestDatabase database) throws IOException {
        database.executeSource(
                "CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, repeat(md5(i::text), 16) FROM generate_series(1, 60000) i");
        String yaml = database.pipeYaml("tables: [{source: public.orders}]\n"
                + "settings: {initialLoadParallelism: 8, snapshotNumRowsPerPartition: 10000,"
                + " replicationMode: snapshot, maxMegabytesPerSecond: 4}\n");
        EngineProcess.run(yaml, "resync").assertSucceeded();
        database.executeTarget(
                "ALTER TABLE orders MODIFY SETTING parts_to_delay_insert = 1000, parts_to_throw_insert = 2");

        try (EngineProcess engine =
                EngineProcess.startWithin(yaml, LITTLE_MEMORY, "resync", "--artifacts", artifacts.toString())) {
            Awaitility.await()
                    .atMost(EngineProcess.LIMIT)
                    .until(() -> !new Footprint(database).resyncTables().isEmpty());
            database.executeTarget("SYSTEM STOP MERGES orders_resync");
            Awaitility.await().atMost(EngineProcess.LIMIT).until(() -> engine.log()
                    .contains("ClickHouse is busy"));
            database.executeTarget("ALTER TABLE orders_resync MODIFY SETTING parts_to_throw_insert = 3000");
            engine.awaitEnd().assertSucceeded().assertTells("Too many parts");
        }

        assertThat(database.queryTarget("SELECT count(), sum(id) FROM orders"))
                .isEqualTo(database.querySource("SELECT count(*), sum(id) FROM orders"));
        assertThat(new ObjectMapper()
                        .readTree(artifacts.resolve("load-stats.json").toFile())
                        .path("tables")
                        .path(0)
                        .path("retries")
                        .asInt())
                .isPositive();
    }
}
