package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One transaction of more changes than the memory takes goes through the process that docs/initial-load.md describes. The
 * system property {@value #SIZE_PROPERTY} sets its size, in MB.
 */
@WithServers
@EnabledOnOs(value = OS.LINUX, disabledReason = "/proc tells the peak")
class LargeTransactionTest {
    private static final String SIZE_PROPERTY = "clickpipe.e2e.transactionMegabytes";
    private static final long SIZE = Long.getLong(SIZE_PROPERTY, 300);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final long MEGABYTE = 1_000_000;
    private static final int WIDE_BYTES = 20_000;
    private static final long WIDE_ROWS = SIZE * MEGABYTE / 2 / WIDE_BYTES;
    private static final long NARROW_ROWS = SIZE * MEGABYTE / 2 / 600;

    @ParameterizedTest(name = "sent before its end: {0}")
    @ValueSource(booleans = {true, false})
    void aTransactionLargerThanTheMemoryIsApplied(boolean early, TestDatabase database) {
        String pipe = database.pipeYaml(
                """
                tables: [{source: public.*}]
                settings: {streamLargeTransactions: %b}
                """
                        .formatted(early));
        database.executeSource(
                "CREATE TABLE wide (id int PRIMARY KEY, state int, note text)",
                "ALTER TABLE wide ALTER note SET STORAGE EXTERNAL",
                "CREATE TABLE narrow (id int PRIMARY KEY, note text)",
                "INSERT INTO wide VALUES (0, 0, 'before')");
        EngineProcess.run(pipe, "create").assertSucceeded();
        database.executeSource(
                """
                DO $$
                BEGIN
                    INSERT INTO wide SELECT i, 0, repeat(md5(i::text), %2$d / 32) FROM generate_series(1, %1$d) i;
                    INSERT INTO narrow SELECT i, repeat('x', i %% 1000) FROM generate_series(1, %3$d) i;
                    DELETE FROM narrow WHERE id %% 10 = 0;
                END $$"""
                        .formatted(WIDE_ROWS, WIDE_BYTES, NARROW_ROWS));

        assertThat(peakOfSync(pipe)).isLessThan(512 * MEGABYTE);

        assertSame(database);
    }

    /** Neither an UPDATE that leaves a large value as it is nor a DELETE carries it. */
    @Test
    void rowsWhoseOldValuesAreLargerThanTheMemoryAreChangedAndDeleted(TestDatabase database) {
        String pipe = database.pipeYaml("tables: [{source: public.*}]\n");
        database.executeSource(
                "CREATE TABLE wide (id int PRIMARY KEY, state int, note text)",
                "ALTER TABLE wide ALTER note SET STORAGE EXTERNAL",
                "CREATE TABLE narrow (id int PRIMARY KEY, note text)",
                "INSERT INTO narrow VALUES (1, 'one')",
                "INSERT INTO wide SELECT i, 0, repeat(md5(i::text), %d / 32) FROM generate_series(1, %d) i"
                        .formatted(WIDE_BYTES, 2 * WIDE_ROWS));
        EngineProcess.run(pipe, "create").assertSucceeded();
        database.executeSource(
                "BEGIN; UPDATE wide SET state = id WHERE id % 2 = 0; DELETE FROM wide WHERE id % 2 = 1; COMMIT");

        assertThat(peakOfSync(pipe)).isLessThan(512 * MEGABYTE);

        assertSame(database);
    }

    private static long peakOfSync(String pipe) {
        try (EngineProcess sync = EngineProcess.startWithin(
                pipe, List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), "sync", "--once")) {
            long peak = sync.peakMemory(LIMIT);
            sync.awaitEnd().assertSucceeded();
            System.out.println("peak of " + peak / MEGABYTE + " MB");
            return peak;
        }
    }

    private static void assertSame(TestDatabase database) {
        assertThat(
                        database.queryTarget(
                                "SELECT id, state, lower(hex(MD5(note))) FROM wide FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, state, md5(note) FROM wide ORDER BY id"));
        String sums = "SELECT count(*), sum(id), sum(length(note)) FROM narrow";
        assertThat(database.queryTarget(sums + " FINAL WHERE _peerdb_is_deleted = 0"))
                .isEqualTo(database.querySource(sums));
    }
}
