package io.jenkins.plugins.clickpipe.testbed.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import io.jenkins.plugins.clickpipe.testbed.faults.FaultyProxy.Fault;
import io.jenkins.plugins.clickpipe.testbed.faults.FaultyProxy.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Resyncs whose connections to both servers are reset, cut short or held up at random bytes. Each either succeeds, with
 * every row there once and every value as in the source, or fails with a sentence while the originals are as before,
 * and then succeeds without faults. {@value #SEED_PROPERTY} repeats a seed, {@value #COUNT_PROPERTY} says how many.
 */
@WithServers
class RandomFaultsTest {
    private static final String SEED_PROPERTY = "clickpipe.faults.seed";
    private static final String COUNT_PROPERTY = "clickpipe.faults.count";
    private static final long SEED = Long.getLong(SEED_PROPERTY, new Random().nextInt(1_000_000));
    private static final int COUNT = Integer.getInteger(COUNT_PROPERTY, 6);

    private static final int ROWS = 4000;
    private static final List<String> TABLES = List.of("keyed", "appended", "keyless");
    private static final String PIPE =
            """
            tables: [{source: public.appended, tableEngine: MergeTree}, {source: public/key*}]
            settings: {initialLoadParallelism: 3, snapshotNumRowsPerPartition: 300, verify: checksums}
            """;

    private TestDatabase database;

    @BeforeEach
    void tables(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE keyed (id bigint PRIMARY KEY, generation int, note text)",
                "CREATE TABLE appended (id bigint PRIMARY KEY, generation int, note text)",
                "CREATE TABLE keyless (id bigint, generation int, note text)",
                "ALTER TABLE keyless REPLICA IDENTITY FULL");
        fill(0);
    }

    @Test
    void whateverBreaksEachRowArrivesOnceOrTheOriginalsStay() throws Exception {
        assertThat(EngineThread.resync(database.pipeYaml(PIPE))).isEmpty();
        int failures = 0;
        for (int i = 0; i < COUNT; i++) {
            long seed = SEED + i;
            try {
                failures += resyncUnderFaults(seed, i + 1) ? 0 : 1;
            } catch (Exception | AssertionError e) {
                throw new AssertionError("With -D" + SEED_PROPERTY + "=" + seed + " -D" + COUNT_PROPERTY + "=1", e);
            }
        }
        System.out.println(COUNT + " resyncs under faults, of which " + failures + " failed cleanly");
    }

    /** Returns whether it succeeded in spite of the faults. */
    private boolean resyncUnderFaults(long seed, int generation) throws Exception {
        Random random = new Random(seed);
        fill(generation);
        List<List<String>> before = originals();
        PostgresEndpoint postgres = database.servers().postgresPipeUser();
        ClickHouseEndpoint clickHouse = database.servers().clickHousePipeUser();
        Optional<String> failure;
        List<Fault> happened = new ArrayList<>();
        try (FaultyProxy source = new FaultyProxy(postgres.host(), postgres.port(), faults(random, 15, 20));
                FaultyProxy target = new FaultyProxy(clickHouse.host(), clickHouse.port(), faults(random, 20, 15))) {
            failure = EngineThread.resync(database.pipeYaml(
                    postgres.throughPort(source.port()), clickHouse.throughPort(target.port()), PIPE));
            happened.addAll(source.happened());
            happened.addAll(target.happened());
        }
        System.out.println("seed " + seed + ": " + happened + " -> " + failure.orElse("done"));
        if (failure.isPresent()) {
            boolean swapping = failure.get().contains("The swap had begun");
            if (!swapping) {
                assertThat(originals()).as("originals after: %s", failure.get()).isEqualTo(before);
            }
            awaitNoSession();
            assertThat(EngineThread.resync(database.pipeYaml(PIPE)))
                    .as("a repeated run, after: %s", failure.get())
                    .isEmpty();
        }
        assertEachRowOnce();
        assertNothingLeft();
        return failure.isEmpty();
    }

    /**
     * Up to four faults, sooner or later with the same likelihood at each order of magnitude.
     *
     * @param toServerBits about as many bytes as 2 to this power go to the server
     */
    private static List<Fault> faults(Random random, int toServerBits, int toClientBits) {
        List<Fault> faults = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            // mostly where the rows are
            boolean toServer = random.nextInt(10) < (toServerBits > toClientBits ? 7 : 3);
            double bits = 10 + random.nextDouble() * ((toServer ? toServerBits : toClientBits) - 10);
            Kind kind = random.nextInt(8) == 0 ? Kind.RESET_ALL : Kind.values()[random.nextInt(3)];
            faults.add(new Fault(kind, toServer, Math.round(Math.pow(2, bits)), 50 + random.nextInt(400)));
        }
        return faults;
    }

    private void fill(int generation) {
        for (String table : TABLES) {
            database.executeSource(
                    "TRUNCATE " + table,
                    "INSERT INTO " + table + " SELECT i, " + generation + ", repeat(md5(i::text || '" + generation
                            + "'), 1 + i % 4) FROM generate_series(1, " + ROWS + ") i");
        }
        database.executeSource("ANALYZE");
    }

    /** What readers see, and of which tables. */
    private List<List<String>> originals() {
        StringBuilder sql = new StringBuilder();
        for (String table : TABLES) {
            sql.append(sql.isEmpty() ? "SELECT * FROM (" : " UNION ALL ")
                    .append("SELECT '%1$s' AS t, count() AS n, sum(cityHash64(*)) AS h FROM %1$s".formatted(table));
        }
        return database.queryTarget(sql + ") ORDER BY t");
    }

    /** Without FINAL: nothing is left to merging. */
    private void assertEachRowOnce() {
        String sums = "SELECT count(*), count(DISTINCT id), sum(id), sum(generation), sum(length(note)), min(note),"
                + " max(note) FROM ";
        for (String table : TABLES) {
            assertThat(database.queryTarget(sums + table)).as(table).isEqualTo(database.querySource(sums + table));
        }
    }

    private void assertNothingLeft() {
        assertThat(database.querySource(
                        "SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"))
                .as("slots")
                .hasSize(1);
        assertThat(database.queryTarget("SELECT name FROM system.tables WHERE database = currentDatabase()"
                        + " AND name NOT IN ('keyed', 'appended', 'keyless', '_clickpipe_journal')"))
                .as("other tables")
                .isEmpty();
    }

    /** The servers notice that a connection is gone, and with it a session's lock. */
    private void awaitNoSession() {
        Awaitility.await()
                .until(() -> database.querySource("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND application_name LIKE 'clickpipe-resync%'")
                        .isEmpty());
    }
}
