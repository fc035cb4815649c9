package io.jenkins.plugins.clickpipe.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@WithServers
class ServersTest {
    @Test
    void bothServersAnswerInTheVersionsThatTheTestBedPromises(Servers servers) {
        assertThat(servers.postgresAdmin()
                        .query("postgres", "SHOW server_version")
                        .get(0)
                        .get(0))
                .startsWith("18.");
        assertThat(servers.clickHouseAdmin().query("SELECT version()").get(0).get(0))
                .startsWith("26.7.");
    }

    @Test
    void postgresIsSetUpForLogicalReplication(Servers servers) {
        String sql = "SELECT current_setting('wal_level'), current_setting('max_replication_slots'),"
                + " current_setting('max_wal_senders'), current_setting('listen_addresses')";
        assertThat(servers.postgresAdmin().query("postgres", sql))
                .containsExactly(List.of("logical", "20", "20", "127.0.0.1"));
    }

    @Test
    void postgresRefusesAWrongPasswordForBothRoles(Servers servers) {
        for (PostgresEndpoint endpoint : List.of(servers.postgresAdmin(), servers.postgresPipeUser())) {
            PostgresEndpoint wrong = new PostgresEndpoint(endpoint.host(), endpoint.port(), endpoint.user(), "wrong");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> wrong.connect("postgres").close())
                    .withMessageContaining("password authentication failed");
        }
    }

    @Test
    void clickHouseRefusesAWrongPasswordForBothUsers(Servers servers) {
        for (ClickHouseEndpoint endpoint : List.of(servers.clickHouseAdmin(), servers.clickHousePipeUser())) {
            ClickHouseEndpoint wrong = new ClickHouseEndpoint(endpoint.url(), endpoint.user(), "wrong");
            assertThatExceptionOfType(TestbedException.class)
                    .isThrownBy(() -> wrong.query("SELECT 1"))
                    .withMessageContaining("AUTHENTICATION_FAILED");
        }
    }

    @Test
    void thePipesRoleIsNoSuperuserButMayReplicate(Servers servers) {
        assertThat(servers.postgresPipeUser()
                        .query(
                                "postgres",
                                "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication"
                                        + " FROM pg_roles WHERE rolname = current_user"))
                .containsExactly(List.of("f", "f", "f", "t"));
    }

    @Test
    void thePipesUserMayNotMakeDatabasesOrUsersOrReadOtherServers(Servers servers) {
        for (String sql : List.of(
                "CREATE DATABASE mine",
                "DROP DATABASE system",
                "CREATE USER mine",
                "SYSTEM SHUTDOWN",
                "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a Int8')")) {
            assertThatExceptionOfType(TestbedException.class)
                    .isThrownBy(() -> servers.clickHousePipeUser().execute(sql))
                    .withMessageContaining("ACCESS_DENIED");
        }
    }

    @Test
    void theUserWithoutAPasswordCanReadNothing(Servers servers) {
        ClickHouseEndpoint stranger =
                new ClickHouseEndpoint(servers.clickHouseAdmin().url(), "default", "");
        assertThatExceptionOfType(TestbedException.class)
                .isThrownBy(() -> stranger.query("SELECT * FROM system.users"))
                .withMessageContaining("ACCESS_DENIED");
    }

    @Test
    void outsideServersAreUsedInsteadOfOnesOfItsOwn(Servers servers) {
        PostgresEndpoint postgres = servers.postgresAdmin();
        ClickHouseEndpoint clickHouse = servers.clickHouseAdmin();
        Map<String, String> environment = Map.of(
                Servers.POSTGRES_VARIABLE,
                "postgres://" + postgres.user() + ":" + postgres.password() + "@127.0.0.1:" + postgres.port(),
                Servers.CLICKHOUSE_VARIABLE,
                "http://" + clickHouse.user() + ":" + clickHouse.password() + "@127.0.0.1:" + clickHouse.port());
        try (Servers outside = Servers.start(environment);
                TestDatabase database = TestDatabase.create(outside)) {
            database.executeSource("CREATE TABLE here (a int)");
            assertThat(postgres.query(database.name(), "SELECT count(*) FROM here"))
                    .containsExactly(List.of("0"));
            assertThat(outside.clickHousePipeUser()).isEqualTo(clickHouse);
            assertThatExceptionOfType(TestbedException.class)
                    .isThrownBy(outside::clickHouse)
                    .withMessageContaining(Servers.CLICKHOUSE_VARIABLE);
        }
        assertThat(postgres.query("postgres", "SELECT 1")).containsExactly(List.of("1"));
    }

    @Test
    void outsideServersAreReadFromAddressesWithEncodedPasswords() {
        PostgresEndpoint postgres = Servers.postgresEndpoint("postgres://ann:p%40ss%3Aw+x@db.test:6543");
        assertThat(postgres).isEqualTo(new PostgresEndpoint("db.test", 6543, "ann", "p@ss:w+x"));
        ClickHouseEndpoint clickHouse = Servers.clickHouseEndpoint("https://bob:s%2Fcret@ch.test");
        assertThat(clickHouse).isEqualTo(new ClickHouseEndpoint("https://ch.test:8123", "bob", "s/cret"));
    }

    @Test
    void anAddressThatCannotBeReadIsNotRepeatedInTheMessage() {
        assertThatExceptionOfType(TestbedException.class)
                .isThrownBy(() -> Servers.postgresEndpoint("ann:hidden"))
                .withMessageContaining(Servers.POSTGRES_VARIABLE)
                .withMessageNotContaining("hidden");
    }

    @Test
    void passwordsDoNotStandInTheTextOfAnEndpoint(Servers servers) {
        assertThat(servers.postgresAdmin().toString())
                .doesNotContain(servers.postgresAdmin().password());
        assertThat(servers.clickHouseAdmin().toString())
                .doesNotContain(servers.clickHouseAdmin().password());
    }
}
