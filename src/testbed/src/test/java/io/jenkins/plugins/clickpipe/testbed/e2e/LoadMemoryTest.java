package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The process stays below 512 MB with 8 workers, however wide the rows. The system property {@value #LENGTH_PROPERTY}
 * sets the length of the longest values, in MB.
 */
@WithServers
@EnabledOnOs(value = OS.LINUX, disabledReason = "/proc tells the peak")
class LoadMemoryTest {
    private static final String LENGTH_PROPERTY = "clickpipe.e2e.longValueMegabytes";
    private static final int LENGTH = Integer.getInteger(LENGTH_PROPERTY, 100);
    private static final int WORKERS = 8;
    private static final long MEGABYTE = 1_000_000;

    @Test
    void eightWorkersReadLongValuesAtOnce(TestDatabase database) {
        List<String> tables = new ArrayList<>();
        String text = "repeat(md5('%d'), " + LENGTH * MEGABYTE / 32 + ")";
        for (int i = 0; i < WORKERS; i++) {
            String table = "long_" + i;
            tables.add(table);
            String value = text.formatted(i);
            database.executeSource(
                    "CREATE TABLE " + table + " (id int PRIMARY KEY, note text, raw bytea)",
                    "INSERT INTO " + table + " VALUES (1, 'short', '\\x00'), "
                            + (i < WORKERS / 2
                                    ? "(2, " + value + ", NULL)"
                                    : "(2, NULL, convert_to(" + value + ", 'UTF8'))"),
                    "INSERT INTO " + table + " VALUES (3, 'tab\tnew line\nbackslash\\', '\\x5c0a09')");
        }

        assertThat(peakOfLoading(database, tables)).isLessThan(512 * MEGABYTE);

        for (String table : tables) {
            assertThat(database.queryTarget(
                            "SELECT id, lower(hex(MD5(note))), lower(hex(MD5(raw))) FROM " + table + " ORDER BY id"))
                    .as(table)
                    .isEqualTo(database.querySource("SELECT id, md5(note), md5(raw) FROM " + table + " ORDER BY id"));
        }
    }

    @Test
    void eightWorkersReadManyRowsOfSomeMegabytes(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE middling (id int PRIMARY KEY, tags text[], note text)",
                "INSERT INTO middling SELECT i, CASE WHEN i % 20 = 0 THEN array_fill('a,b'::text, ARRAY[200000]) END,"
                        + " repeat(md5(i::text), 32768 + 2500 * (i % 40)) FROM generate_series(1, 120) i",
                "CREATE TABLE narrow (id int PRIMARY KEY, note text)",
                "INSERT INTO narrow SELECT i, md5(i::text) FROM generate_series(1, 100000) i");

        assertThat(peakOfLoading(database, List.of("middling", "narrow"))).isLessThan(512 * MEGABYTE);

        assertThat(database.queryTarget("SELECT id, length(tags), lower(hex(MD5(note))) FROM middling ORDER BY id"))
                .isEqualTo(database.querySource(
                        "SELECT id, coalesce(cardinality(tags), 0), md5(note) FROM middling ORDER BY id"));
        assertThat(database.queryTarget("SELECT count(), sum(id) FROM narrow"))
                .isEqualTo(database.querySource("SELECT count(*), sum(id) FROM narrow"));
    }

    private static long peakOfLoading(TestDatabase database, List<String> tables) {
        String yaml = database.pipeYaml("tables: ["
                + String.join(
                        ", ",
                        tables.stream().map(t -> "{source: public." + t + "}").toList())
                + "]\nsettings: {initialLoadParallelism: 1, snapshotNumberOfParallelTables: " + WORKERS
                + ", replicationMode: snapshot}\n");
        try (EngineProcess engine =
                EngineProcess.startWithin(yaml, List.of("-Xmx384m", "-XX:+UseSerialGC"), "resync")) {
            long peak = engine.peakMemory();
            engine.awaitEnd().assertSucceeded();
            System.out.println("peak memory of the engine: " + peak / MEGABYTE + " MB");
            return peak;
        }
    }
}
