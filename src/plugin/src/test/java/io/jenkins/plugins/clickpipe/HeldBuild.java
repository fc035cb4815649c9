package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.Servers;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * A Pipeline build on a pipe with databases of its own, held in a phase until it is released.
 *
 * <p>Setup is held by an open transaction, for which the creation of a slot waits; Snapshot and Verification by a pause
 * of the way to PostgreSQL; the transfer of soft-deleted rows by a materialized view that sleeps; the swap by a pause of
 * the way to ClickHouse once some of its many tables are in place; a sync by its time.
 */
final class HeldBuild implements AutoCloseable {
    static final String SYNC = "sync";
    static final String SWAP = "Resync";
    /**
     * All but the swap, in the order in which builds are best brought there: the transfer does not stand for ever, and an
     * open transaction holds the creation of every later slot of the server.
     */
    static final List<String> ALL = List.of("Snapshot", "Verification", SYNC, "Soft-deleted rows", "Setup");

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration SECONDS = Duration.ofSeconds(10);
    private static final int SECONDS_OF_SYNC = 45;
    private static final int SLEEPS = 8;
    private static final int ROWS = 20_000;
    private static final int TINY_TABLES = 150;

    private final String phase;
    private final TestDatabase database;
    private final TcpProxy proxy;
    private final TcpProxy target;
    private final ShopPipe pipe;
    private Connection blocker;

    private HeldBuild(String phase, TestDatabase database) {
        PostgresEndpoint direct = database.servers().postgresPipeUser();
        this.phase = phase;
        this.database = database;
        ClickHouseEndpoint clickHouse = database.servers().clickHousePipeUser();
        this.proxy = TcpProxy.to(direct.host(), direct.port());
        this.target = TcpProxy.to(clickHouse.host(), clickHouse.port());
        this.pipe = new ShopPipe(database);
    }

    /** Begins a build with databases of its own, and returns once it stands in the phase. */
    static HeldBuild in(String phase, JenkinsRule jenkins) throws Exception {
        HeldBuild held = new HeldBuild(phase, TestDatabase.create(Servers.shared()));
        try {
            held.prepare(jenkins);
            held.advance(jenkins);
            return held;
        } catch (Exception | Error e) {
            held.close();
            throw e;
        }
    }

    private void prepare(JenkinsRule jenkins) throws Exception {
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, generation int NOT NULL, note text)",
                "INSERT INTO orders SELECT g, 2, repeat('x', 100) FROM generate_series(1, %d) g".formatted(ROWS),
                "ANALYZE");
        database.executeTarget(
                """
                CREATE TABLE orders (id Int64, generation Int32, note Nullable(String), _peerdb_synced_at DateTime64(9) DEFAULT now64(),
                    _peerdb_is_deleted UInt8, _peerdb_version UInt64)
                ENGINE = ReplacingMergeTree(_peerdb_version) ORDER BY id""",
                "INSERT INTO orders (id, generation, _peerdb_version) SELECT number + 1, 1, 7 FROM numbers(4900)",
                """
                INSERT INTO orders (id, generation, _peerdb_is_deleted, _peerdb_version)
                SELECT 1000000 + number, 1, 1, 8 FROM numbers(200)""");
        PostgresEndpoint direct = database.servers().postgresPipeUser();
        ClickHouseEndpoint clickHouse = database.servers().clickHousePipeUser();
        pipe.configure(direct.throughPort(proxy.port()), clickHouse.throughPort(target.port()));
        String resync = "resyncClickPipe '%s'".formatted(database.name());
        if (phase.equals(SYNC)) {
            jenkins.buildAndAssertSuccess(Jobs.pipeline(jenkins, "node { " + resync + " }"));
            return;
        }
        if (phase.equals(SWAP)) {
            database.executeSource("""
                    DO $$ BEGIN FOR i IN 1..%d LOOP
                        EXECUTE format('CREATE TABLE tiny_%%s (id int PRIMARY KEY)', i);
                    END LOOP; END $$""".formatted(TINY_TABLES));
        } else if (phase.equals("Setup")) {
            openTransaction();
        } else {
            proxy.pauseAfterBytesToClient(ShopPipe.BYTES_INTO_THE_LOAD);
        }
        build(jenkins, resync);
    }

    private void build(JenkinsRule jenkins, String step) throws Exception {
        Jobs.pipeline(jenkins, job(), "node { def r = " + step + "; echo \"end: ${r.status}\" }")
                .scheduleBuild2(0)
                .waitForStart();
    }

    private void advance(JenkinsRule jenkins) throws Exception {
        if (phase.equals(SYNC)) {
            build(jenkins, "syncClickPipe pipe: '%s', seconds: %d".formatted(database.name(), SECONDS_OF_SYNC));
            await(() -> !database.querySource(
                            "SELECT 1 FROM pg_replication_slots WHERE active" + " AND database = current_database()")
                    .isEmpty());
            return;
        }
        if (phase.equals(SWAP)) {
            awaitLog(jenkins, "Verification");
            await(() -> swapped() > 0);
            target.pause();
            assertThat(swapped()).as("the swap is under way").isLessThan(TINY_TABLES);
            awaitLog(jenkins, SWAP);
            return;
        }
        awaitLog(jenkins, "Setup");
        if (phase.equals("Setup")) {
            return;
        }
        awaitLog(jenkins, "Snapshot");
        await(() -> proxy.bytesToClient() >= ShopPipe.BYTES_INTO_THE_LOAD);
        if (phase.equals("Snapshot")) {
            return;
        }
        database.executeTarget("CREATE TABLE hold_sink (s UInt8) ENGINE = Null");
        for (int i = 0; i < SLEEPS; i++) {
            // 200 rows: ClickHouse lets one block of rows sleep no longer than 3 seconds
            database.executeTarget("CREATE MATERIALIZED VIEW hold" + i + " TO hold_sink AS"
                    + " SELECT sleepEachRow(0.014) AS s FROM orders_resync WHERE _peerdb_is_deleted = 1");
        }
        proxy.resume();
        await(() -> !database.queryTarget("SELECT 1 FROM system.processes WHERE query LIKE 'INSERT INTO%'"
                        + " AND query LIKE '%orders_resync%_peerdb_is_deleted%' AND query LIKE '%SELECT%'"
                        + " AND current_database = currentDatabase()")
                .isEmpty());
        if (phase.equals("Verification")) {
            proxy.pause();
        }
        awaitLog(jenkins, phase);
    }

    private int swapped() {
        return database.queryTarget("SELECT name FROM system.tables WHERE database = currentDatabase()"
                        + " AND name LIKE 'tiny%' AND name NOT LIKE '%resync'")
                .size();
    }

    private void awaitLog(JenkinsRule jenkins, String begun) throws Exception {
        jenkins.waitForMessage("[" + begun + "]", run(jenkins));
    }

    private void await(Callable<Boolean> condition) {
        Awaitility.await(phase)
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(condition);
    }

    private void openTransaction() throws SQLException {
        blocker = database.sourceAdmin();
        blocker.setAutoCommit(false);
        try (Statement statement = blocker.createStatement()) {
            statement.execute("SELECT pg_current_xact_id()");
        }
    }

    private String job() {
        return "held-in-" + phase.replace(' ', '-');
    }

    ShopPipe pipe() {
        return pipe;
    }

    /** The build, also after a restart of the controller. */
    WorkflowRun run(JenkinsRule jenkins) {
        return jenkins.jenkins
                .getItemByFullName(job(), org.jenkinsci.plugins.workflow.job.WorkflowJob.class)
                .getBuildByNumber(1);
    }

    /** Lets bytes flow; an open transaction of somebody else's stays open. */
    void letBytesFlow() {
        proxy.resume();
        target.resume();
    }

    /** Takes away what holds the build. */
    void release() throws SQLException {
        letBytesFlow();
        if (blocker != null) {
            blocker.close();
        }
    }

    /** The build has gone on to its end as if nothing had happened to it. */
    void assertCompleted(JenkinsRule jenkins) throws Exception {
        WorkflowRun run = run(jenkins);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("end: Running", run);
        if (!phase.equals(SYNC)) {
            assertThat(JenkinsRule.getLog(run)).containsOnlyOnce("[" + phase + "]");
        }
        assertThat(database.queryTarget("SELECT count() FROM orders WHERE generation = 2"))
                .as(phase)
                .containsExactly(List.of(String.valueOf(ROWS)));
        BuildFiles.assertNoSecrets(jenkins, run, pipe.secrets());
    }

    /** The build was aborted and its run has left nothing on the servers but what was there before, or all of its swap. */
    void assertAborted(JenkinsRule jenkins) throws Exception {
        WorkflowRun run = run(jenkins);
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        Awaitility.await(phase).atMost(SECONDS).untilAsserted(() -> {
            assertThat(database.querySource("SELECT application_name, query FROM pg_stat_activity WHERE datname ="
                            + " current_database() AND application_name LIKE 'clickpipe-resync%'"))
                    .isEmpty();
            assertThat(database.queryTarget("SELECT query FROM system.processes WHERE current_database ="
                            + " currentDatabase() AND query NOT LIKE '%system.processes%'"))
                    .isEmpty();
        });
        boolean beyond = phase.equals(SYNC) || phase.equals(SWAP);
        assertThat(pipe.slots()).as(phase).hasSize(beyond ? 1 : 0);
        assertThat(database.queryTarget("SHOW TABLES LIKE '%\\\\_resync'"))
                .as(phase)
                .isEmpty();
        int generation = beyond ? 2 : 1;
        assertThat(database.queryTarget("SELECT DISTINCT generation FROM orders WHERE _peerdb_is_deleted = 0"))
                .as(phase)
                .containsExactly(List.of(String.valueOf(generation)));
    }

    @Override
    public void close() throws SQLException {
        release();
        proxy.close();
        target.close();
        database.close();
    }
}
