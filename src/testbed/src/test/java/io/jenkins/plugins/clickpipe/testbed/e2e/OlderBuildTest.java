package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A pipe that an older build of the engine made goes on with this one. {@code -Dclickpipe.engine.older=JAR} names the older
 * build's runnable jar.
 */
@WithServers
@EnabledIfSystemProperty(named = OlderBuildTest.OLDER, matches = ".+")
class OlderBuildTest {
    static final String OLDER = "clickpipe.engine.older";
    private static final String TABLES =
            """
            tables:
              - {source: public.logged, tableEngine: MergeTree}
              - {source: public.sorted, sortingKeys: [tenant, id]}
              - {source: public.*}
            settings: {pullBatchSize: 3, keepPreviousTables: 1h}
            """;

    private final TestDatabase database;

    OlderBuildTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void aRunningPipeOfAnOlderBuildGoesOnAndIsEqual() throws Exception {
        database.executeSource(
                "CREATE TABLE plain (id int PRIMARY KEY, a text)",
                "CREATE TABLE sorted (id int PRIMARY KEY, tenant int, a text)",
                "CREATE TABLE logged (id int PRIMARY KEY, a text)",
                "ALTER TABLE logged REPLICA IDENTITY FULL",
                "CREATE TABLE parted (id int, region int, a text, PRIMARY KEY (id, region)) PARTITION BY LIST (region)",
                "CREATE TABLE parted_0 PARTITION OF parted FOR VALUES IN (0)",
                "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1)",
                "INSERT INTO plain SELECT g, 'loaded' FROM generate_series(1, 20) g",
                "INSERT INTO sorted SELECT g, g % 3, 'loaded' FROM generate_series(1, 20) g",
                "INSERT INTO logged SELECT g, 'loaded' FROM generate_series(1, 20) g",
                "INSERT INTO parted SELECT g, g % 2, 'loaded' FROM generate_series(1, 20) g");
        older("create");
        older("resync");
        write("older");
        older("sync", "--once");
        write("between");

        EngineProcess.run(yaml(), "check").assertSucceeded();
        sync();
        assertSame();
        write("newer");
        database.executeSource("ALTER TABLE plain ADD COLUMN b int DEFAULT 7", "UPDATE plain SET b = 8 WHERE id = 3");
        sync();
        assertSame();
        EngineProcess.run(yaml(), "resync").assertSucceeded();
        write("again");
        sync();
        assertSame();
        assertThat(EngineProcess.run(yaml(), "status").assertSucceeded().stdout())
                .contains("Running")
                .doesNotContain("is not followed");
        EngineProcess.run(yaml(), "drop").assertSucceeded();
    }

    private void write(String word) {
        for (String table : List.of("plain", "sorted", "logged", "parted")) {
            database.executeSource(
                    "UPDATE " + table + " SET a = '" + word + "' WHERE id % 4 = 1",
                    "DELETE FROM " + table + " WHERE id % 7 = " + word.length() % 7,
                    "UPDATE " + table + " SET id = id + 100 WHERE id % 5 = " + word.length() % 5,
                    "INSERT INTO " + table + " (id, a" + extra(table) + ") VALUES (" + (1000 + word.hashCode() % 500)
                            + ", '" + word + "'" + (extra(table).isEmpty() ? "" : ", 1") + ")");
        }
        database.executeSource("UPDATE sorted SET tenant = tenant + 1 WHERE id % 3 = 0");
    }

    private static String extra(String table) {
        return table.equals("sorted") ? ", tenant" : table.equals("parted") ? ", region" : "";
    }

    private void sync() {
        EngineProcess.run(yaml(), "sync", "--once").assertSucceeded();
    }

    private void assertSame() {
        for (String table : List.of("plain", "sorted", "parted")) {
            assertThat(database.queryTarget("SELECT id, a FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0"))
                    .as(table)
                    .containsExactlyInAnyOrderElementsOf(database.querySource("SELECT id, a FROM " + table));
        }
        assertThat(database.queryTarget("SELECT id, a FROM (SELECT * FROM logged ORDER BY _peerdb_version DESC,"
                        + " _peerdb_is_deleted DESC LIMIT 1 BY id) WHERE _peerdb_is_deleted = 0"))
                .containsExactlyInAnyOrderElementsOf(database.querySource("SELECT id, a FROM logged"));
    }

    private String yaml() {
        return database.pipeYaml(TABLES);
    }

    private void older(String... arguments) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("clickpipe-older-");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar"));
        command.add(System.getProperty(OLDER));
        command.addAll(Arrays.asList(arguments));
        command.add(Files.writeString(directory.resolve("pipe.yaml"), yaml()).toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        assertThat(process.waitFor(EngineProcess.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(directory.resolve("log")))
                .isZero();
    }
}
