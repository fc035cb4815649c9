package io.jenkins.plugins.clickpipe.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@WithServers
class ClickHouseServerTest {
    @Test
    void exchangeTablesSwapsTwoTablesForThePipesUser(TestDatabase database) {
        database.executeTarget(
                "CREATE TABLE a (x Int8) ENGINE = MergeTree ORDER BY x",
                "CREATE TABLE b (x Int8) ENGINE = MergeTree ORDER BY x",
                "INSERT INTO a VALUES (1)",
                "INSERT INTO b VALUES (2)");
        database.servers().clickHousePipeUser().execute(database.name(), "EXCHANGE TABLES a AND b");
        assertThat(database.queryTarget("SELECT a.x, b.x FROM a, b")).containsExactly(List.of("2", "1"));
    }

    @Test
    void thePipesUserMayMakeAndDropTablesOfEveryEngineThatPipesUse(TestDatabase database) {
        ClickHouseEndpoint user = database.servers().clickHousePipeUser();
        for (String engine : List.of("ReplacingMergeTree ORDER BY x", "MergeTree ORDER BY x", "Null")) {
            user.execute(database.name(), "CREATE TABLE t (x Int8) ENGINE = " + engine);
            user.execute(database.name(), "DROP TABLE t");
        }
    }

    @Test
    void anInsertWithAKnownDeduplicationTokenChangesNothing(TestDatabase database) {
        database.executeTarget(
                "CREATE TABLE t (x Int8) ENGINE = MergeTree ORDER BY x"
                        + " SETTINGS non_replicated_deduplication_window = 100",
                "INSERT INTO t SETTINGS insert_deduplication_token = 'one' VALUES (1)",
                "INSERT INTO t SETTINGS insert_deduplication_token = 'one' VALUES (1)",
                "INSERT INTO t SETTINGS insert_deduplication_token = 'two' VALUES (1)");
        assertThat(database.queryTarget("SELECT count() FROM t")).containsExactly(List.of("2"));
    }

    @Test
    void dataUsersPortAndQueryLogOutliveAKillAndANewStart() {
        try (ClickHouseServer server = ClickHouseServer.start()) {
            String url = server.url();
            server.createDatabase("shop");
            server.execute("CREATE TABLE shop.t (x UInt32) ENGINE = MergeTree ORDER BY x");
            server.execute("INSERT INTO shop.t SELECT number FROM numbers(100000)");
            server.execute("SYSTEM FLUSH LOGS");
            server.kill();
            assertThatExceptionOfType(TestbedException.class).isThrownBy(() -> server.query("SELECT 1"));
            server.startAgain();
            assertThat(server.url()).isEqualTo(url);
            assertThat(server.pipeUser().query("SELECT count(), sum(x) FROM shop.t"))
                    .containsExactly(List.of("100000", "4999950000"));
            server.restart();
            server.execute("SYSTEM FLUSH LOGS");
            assertThat(server.query("SELECT count() > 0 FROM system.query_log WHERE query LIKE 'INSERT INTO shop.t%'"))
                    .containsExactly(List.of("1"));
        }
    }

    @Test
    void severalServersRunAtOnceWithoutSharingAnything() {
        try (ClickHouseServer one = ClickHouseServer.start();
                ClickHouseServer two = ClickHouseServer.start()) {
            one.createDatabase("only_here");
            assertThat(one.url()).isNotEqualTo(two.url());
            assertThat(two.query("SELECT count() FROM system.databases WHERE name = 'only_here'"))
                    .containsExactly(List.of("0"));
            assertThat(one.password()).isNotEqualTo(two.password());
        }
    }

    @Test
    void aPortTakenByAnotherIsAnErrorAndNotAServer() {
        try (ClickHouseServer server = ClickHouseServer.start()) {
            int port = server.admin().port();
            server.kill();
            try (java.net.ServerSocket thief =
                    new java.net.ServerSocket(port, 1, java.net.InetAddress.getLoopbackAddress())) {
                assertThat(thief.isBound()).isTrue();
                assertThatExceptionOfType(TestbedException.class)
                        .isThrownBy(server::startAgain)
                        .withMessageContaining("in use");
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            server.startAgain();
            assertThat(server.query("SELECT 1")).containsExactly(List.of("1"));
        }
    }

    @Test
    void aServerThatWasToldToShutDownLeavesThisProcessAlone() {
        try (ClickHouseServer server = ClickHouseServer.start()) {
            long pid = server.pid();
            try {
                server.execute("SYSTEM SHUTDOWN");
            } catch (TestbedException connectionBroke) {
                assertThat(connectionBroke).hasMessageContaining("does not answer");
            }
            Awaitility.await()
                    .until(() ->
                            !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
        }
    }

    @Test
    void clientsThatBreakOffInTheMiddleDoNoHarm() {
        try (ClickHouseServer server = ClickHouseServer.start();
                TcpProxy proxy = TcpProxy.to("127.0.0.1", server.admin().port())) {
            ClickHouseEndpoint throughProxy = server.admin().throughPort(proxy.port());
            for (int i = 0; i < 50; i++) {
                proxy.cutAfterBytesToClient(1000);
                assertThatExceptionOfType(TestbedException.class)
                        .isThrownBy(() -> throughProxy.text(
                                "default", "SELECT number FROM numbers(200000) SETTINGS wait_end_of_query = 0"));
            }
            assertThat(server.query("SELECT 1")).containsExactly(List.of("1"));
        }
    }
}
