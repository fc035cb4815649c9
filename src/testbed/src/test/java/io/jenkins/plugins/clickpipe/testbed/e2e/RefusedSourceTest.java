package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands against a resync on the PostgreSQL side: one clear sentence, exit code 1, nothing changed. */
@WithServers
class RefusedSourceTest {
    private static final String ORDERS = "tables: [{source: public.orders}]\n";

    private TestDatabase database;
    private PostgresEndpoint user;

    @BeforeEach
    void orders(TestDatabase fresh) {
        database = fresh;
        user = fresh.servers().postgresPipeUser();
        database.executeSource("CREATE TABLE orders (id bigint PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        database.executeTarget("CREATE TABLE orders (id Int64) ENGINE = MergeTree ORDER BY id");
    }

    @AfterEach
    void nothingWasChanged() {
        Footprint footprint = new Footprint(database);
        footprint.assertNothingLeft();
        assertThat(footprint.publications()).isEmpty();
        assertThat(database.queryTarget("SELECT name FROM system.tables WHERE database = currentDatabase()"))
                .hasSize(1);
    }

    @Test
    void aWrongPassword() {
        refused(
                new PostgresEndpoint(user.host(), user.port(), user.user(), "wr0ng-pass"),
                "source.password",
                user.user());
    }

    @Test
    void aClosedPort() throws IOException {
        int port = closedPort();
        refused(
                new PostgresEndpoint(user.host(), port, user.user(), user.password()),
                String.valueOf(port),
                "source.port");
    }

    @Test
    void aDatabaseThatIsNotThere() {
        String yaml = RefusedTargetTest.inLine(database.pipeYaml(ORDERS), "source:", database.name(), "nowhere");

        told(yaml, "nowhere", "source.database");
    }

    @Test
    void aTableThatIsNotThere() {
        told(database.pipeYaml("tables: [{source: public.ordres}]\n"), "public.ordres", "orders");
    }

    @Test
    void aPatternThatMatchesNothing() {
        told(database.pipeYaml("tables: [{source: sales/**}]\n"), "sales/**");
    }

    @Test
    void aTableWithoutKeyAndReplicaIdentity() {
        database.executeSource("CREATE TABLE keyless (a int)");

        told(database.pipeYaml("tables: [{source: public.keyless}]\n"), "public.keyless", "REPLICA IDENTITY FULL");
    }

    @Test
    void twoTablesThatAPatternSendsToOneTarget() {
        database.executeSource("CREATE SCHEMA other", "CREATE TABLE other.orders (id int PRIMARY KEY)");

        told(database.pipeYaml("tables: [{source: '*/orders'}]\n"), "other.orders", "public.orders");
    }

    @Test
    void aColumnNamedLikeOurs() {
        database.executeSource("CREATE TABLE odd (id int PRIMARY KEY, _peerdb_version int)");

        told(database.pipeYaml("tables: [{source: public.odd}]\n"), "_peerdb_version", "excludedColumns");
    }

    /** The initial load would leave out rows that later changes carry. */
    @Test
    void rowLevelSecurityThatHidesRows() {
        database.executeSource(
                "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE orders FORCE ROW LEVEL SECURITY",
                "CREATE POLICY few ON orders USING (id > 1)");

        told(database.pipeYaml(ORDERS), "public.orders", "row-level security");
    }

    @Test
    void aRoleThatMayNotReplicateOrRead() {
        String role = "plain_" + database.name();
        PostgresEndpoint admin = database.servers().postgresAdmin();
        admin.execute("postgres", "CREATE ROLE %s LOGIN PASSWORD 'plain-pass'".formatted(role));
        try {
            refused(
                    new PostgresEndpoint(user.host(), user.port(), role, "plain-pass"),
                    "REPLICATION",
                    "GRANT SELECT",
                    "public.orders");
        } finally {
            admin.execute("postgres", "DROP ROLE " + role);
        }
    }

    @Test
    void aServerWithoutLogicalDecoding() {
        try (PostgresServer server = PostgresServer.start(Map.of("wal_level", "replica"))) {
            server.createDatabase(database.name());
            server.pipeUser().execute(database.name(), "CREATE TABLE orders (id bigint PRIMARY KEY)");

            refused(server.pipeUser(), "wal_level", "logical", "restart");
        }
    }

    private void refused(PostgresEndpoint source, String... words) {
        String yaml = database.pipeYaml(source, database.servers().clickHousePipeUser(), ORDERS);
        told(yaml, words).assertKeepsSecret(source.password());
    }

    private EngineRun told(String yaml, String... words) {
        EngineRun run = EngineProcess.run(yaml, "resync").assertRefused(1, words);
        run.assertKeepsSecret(
                user.password(), database.servers().clickHousePipeUser().password());
        assertThat(run.phases()).doesNotContain("Setup");
        return run;
    }

    static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
