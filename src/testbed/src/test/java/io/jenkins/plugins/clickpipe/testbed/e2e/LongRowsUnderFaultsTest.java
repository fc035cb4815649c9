package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import io.jenkins.plugins.clickpipe.testbed.e2e.BreakingProxy.Budget;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Rows longer than a chunk are passed on while they are read, so neither side's bytes can simply be sent again: each
 * row arrives once nevertheless, whole, in a table without a key.
 */
@WithServers
class LongRowsUnderFaultsTest {
    private static final String SEED_PROPERTY = "clickpipe.e2e.seed";
    private static final long SEED = Long.getLong(SEED_PROPERTY, new Random().nextLong());
    private static final int CUTS = 5;

    /** Chunks of less than 4 MB with four workers. */
    private static final List<String> LITTLE_MEMORY = List.of("-Xmx96m", "-XX:+UseSerialGC");

    private static final String PIPE =
            """
            tables: [{source: public.documents}, {source: public.pictures}]
            settings: {initialLoadParallelism: 2, snapshotNumberOfParallelTables: 2, replicationMode: snapshot}
            """;

    private TestDatabase database;
    private PostgresEndpoint postgres;
    private ClickHouseEndpoint clickHouse;

    /** Long rows with short ones between. */
    @BeforeEach
    void tables(TestDatabase fresh) {
        System.out.println("-D" + SEED_PROPERTY + "=" + SEED);
        database = fresh;
        postgres = fresh.servers().postgresPipeUser();
        clickHouse = fresh.servers().clickHousePipeUser();
        String text = "repeat(md5(i::text), CASE WHEN i % 100 = 0 THEN 200000 + 500 * i ELSE 10 END)";
        database.executeSource(
                "CREATE TABLE documents (id int, note text)",
                "INSERT INTO documents SELECT i, " + text + " FROM generate_series(1, 700) i",
                "CREATE TABLE pictures (id int, note bytea)",
                "INSERT INTO pictures SELECT i, convert_to(" + text + ", 'UTF8') FROM generate_series(1, 400) i");
    }

    @Test
    void connectionsToPostgresBreak() {
        Budget budget = new Budget(1_000_000, 15_000_000);
        try (BreakingProxy source =
                new BreakingProxy(postgres.host(), postgres.port(), Budget.UNLIMITED, budget, CUTS, SEED)) {
            load(source.port(), clickHouse.port());
            assertThat(source.cuts()).isEqualTo(CUTS);
        }
        assertEachRowOnce();
    }

    @Test
    void connectionsToClickHouseBreak() {
        Budget budget = new Budget(1_000_000, 15_000_000);
        try (BreakingProxy target =
                new BreakingProxy(clickHouse.host(), clickHouse.port(), budget, Budget.UNLIMITED, CUTS, SEED)) {
            load(postgres.port(), target.port());
            assertThat(target.cuts()).isEqualTo(CUTS);
        }
        assertEachRowOnce();
    }

    @Test
    void answersOfClickHouseAreLost() {
        // an answer has some hundred bytes; the first requests, which set up the journal, are spared
        Budget budget = new Budget(24_000, 30_000);
        try (BreakingProxy target =
                new BreakingProxy(clickHouse.host(), clickHouse.port(), Budget.UNLIMITED, budget, CUTS, SEED)) {
            load(postgres.port(), target.port());
            assertThat(target.cuts()).isPositive();
        }
        assertEachRowOnce();
    }

    private void load(int sourcePort, int targetPort) {
        String yaml = database.pipeYaml(postgres.throughPort(sourcePort), clickHouse.throughPort(targetPort), PIPE);
        try (EngineProcess engine = EngineProcess.startWithin(yaml, LITTLE_MEMORY, "resync")) {
            engine.awaitEnd().assertSucceeded();
        }
    }

    private void assertEachRowOnce() {
        for (String table : List.of("documents", "pictures")) {
            assertThat(database.queryTarget(
                            "SELECT id, length(note), lower(hex(MD5(note))) FROM " + table + " ORDER BY id"))
                    .as(table)
                    .isEqualTo(
                            database.querySource("SELECT id, length(note), md5(note) FROM " + table + " ORDER BY id"));
        }
    }
}
