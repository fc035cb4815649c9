package io.jenkins.plugins.clickpipe.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresServerTest {
    @Test
    void dataPortAndPasswordsOutliveARestartAndAKill() {
        try (PostgresServer server = PostgresServer.start()) {
            int port = server.port();
            server.createDatabase("shop");
            server.pipeUser().execute("shop", "CREATE TABLE t (x int)", "INSERT INTO t VALUES (7)");
            server.restart();
            assertThat(server.pipeUser().query("shop", "SELECT x FROM t")).containsExactly(List.of("7"));
            server.pipeUser().execute("shop", "INSERT INTO t VALUES (8)");
            server.kill();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> server.connect("shop").close());
            server.startAgain();
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.pipeUser().query("shop", "SELECT sum(x) FROM t")).containsExactly(List.of("15"));
            PostgresEndpoint wrong = new PostgresEndpoint(server.host(), port, server.user(), "");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> wrong.connect("shop").close());
        }
    }

    @Test
    void severalServersRunAtOnceEachWithItsOwnSettings() {
        try (PostgresServer one = PostgresServer.start(Map.of("application_name", "it's one"));
                PostgresServer two = PostgresServer.start(Map.of("wal_level", "replica"))) {
            assertThat(one.port()).isNotEqualTo(two.port());
            assertThat(one.admin().query("postgres", "SHOW wal_level")).containsExactly(List.of("logical"));
            assertThat(two.admin().query("postgres", "SHOW wal_level")).containsExactly(List.of("replica"));
        }
    }

    @Test
    void aServerThatCannotStartSaysWhy() {
        assertThatExceptionOfType(TestbedException.class)
                .isThrownBy(() -> PostgresServer.start(Map.of("max_connections", "many")))
                .withMessageContaining("max_connections");
    }
}
