package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A source that has lost what the pipe has applied: restored from an older copy, or a standby that was promoted too early. */
@WithServers
class SourceWentBackTest {
    private TestDatabase database;
    private PostgresServer primary;
    private PostgresServer standby;
    private Pipe pipe;

    @BeforeEach
    void aRunningPipe(TestDatabase fresh) {
        database = fresh;
        primary = PostgresServer.start();
        primary.createDatabase(database.name());
        pipe = Pipe.of(database, "tables: [{source: public.orders}]").from(primary.pipeUser(), database.name());
        pipe.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'loaded' FROM generate_series(1, 20) i");
        pipe.run("create").assertSucceeded();
        insert(100, "before");
        pipe.run("sync", "--once").assertSucceeded();
    }

    @AfterEach
    void end() {
        primary.close();
        if (standby != null) {
            standby.close();
        }
    }

    @Test
    void aServerThatWasRestoredFromACopyStopsThePipe() {
        primary.save();
        insert(200, "lost");
        pipe.run("sync", "--once").assertSucceeded();

        primary.restore();
        insert(300, "after");

        assertStopped();
    }

    @Test
    void aServerThatWasRestoredAndHasWrittenMoreThanItLostStopsThePipe() {
        primary.save();
        insert(200, "lost");
        pipe.run("sync", "--once").assertSucceeded();

        primary.restore();
        for (int i = 0; i < 20; i++) {
            insert(1000 + 10 * i, "after");
        }

        assertStopped();
    }

    @Test
    void aServerThatWasOnlyRestartedIsGoneOnWith() {
        insert(200, "synced");
        pipe.run("sync", "--once").assertSucceeded();
        primary.restart();
        insert(300, "after a restart");
        pipe.run("sync", "--once").assertSucceeded();
        pipe.assertSame(database, "orders", "orders");
        insert(400, "before a crash");
        pipe.run("sync", "--once").assertSucceeded();
        insert(500, "unread before a crash");
        primary.kill();
        primary.startAgain();
        insert(600, "after a crash");

        pipe.run("sync", "--once").assertSucceeded();

        pipe.assertSame(database, "orders", "orders");
    }

    @Test
    void aStandbyThatHasEverythingIsGoneOnWith() throws SQLException {
        aStandby();
        insert(200, "on both");
        pipe.run("sync", "--once").assertSucceeded();
        awaitReplayed();
        syncSlots();

        Pipe promoted = promote();
        promoted.execute("INSERT INTO orders VALUES (300, 'on the new primary')");

        promoted.run("sync", "--once").assertSucceeded();
        promoted.assertSame(database, "orders", "orders");
        promoted.execute("INSERT INTO orders VALUES (301, 'and again')");
        promoted.run("sync", "--once").assertSucceeded();
        promoted.assertSame(database, "orders", "orders");
    }

    @Test
    void aStandbyThatLacksWhatWasAppliedStopsThePipe() throws SQLException {
        aStandby();
        awaitReplayed();
        syncSlots();
        standby.unfollow();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> primary.admin()
                .query("postgres", "SELECT 1 FROM pg_stat_replication")
                .isEmpty());
        insert(200, "lost");
        pipe.run("sync", "--once").assertSucceeded();

        pipe = promote();
        insert(300, "on the new primary");

        assertStopped();
    }

    private void assertStopped() {
        pipe.run("sync", "--once").assertRefused(1, "the source went back", "run resync");
        assertThat(pipe.run("status").assertSucceeded().stdout()).contains("Failed", "went back");
        pipe.run("sync", "--once").assertExit(1);
        pipe.run("resync").assertSucceeded();
        insert(5000, "after the resync");
        pipe.run("sync", "--once").assertSucceeded();
        pipe.assertSame(database, "orders", "orders");
    }

    private void aStandby() throws SQLException {
        String slot = pipe.query("SELECT slot_name FROM pg_replication_slots WHERE slot_type = 'logical'")
                .get(0)
                .get(0);
        replicationCommand("ALTER_REPLICATION_SLOT " + slot + " (FAILOVER true)");
        primary.admin().execute("postgres", "SELECT pg_create_physical_replication_slot('standby', true)");
        primary.save();
        standby = primary.standby("standby");
    }

    private void replicationCommand(String command) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", primary.user());
        properties.setProperty("password", primary.password());
        properties.setProperty("replication", "database");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "12");
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + primary.port() + "/" + database.name(), properties);
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }

    private void awaitReplayed() {
        String end = primary.admin()
                .query("postgres", "SELECT pg_current_wal_insert_lsn()")
                .get(0)
                .get(0);
        Awaitility.await("the standby's replay").atMost(Duration.ofSeconds(30)).until(() -> standby.admin()
                .query("postgres", "SELECT pg_last_wal_replay_lsn() >= '" + end + "'")
                .equals(List.of(List.of("t"))));
    }

    /** A standby takes a slot over once it needs no older WAL than the standby has. */
    private void syncSlots() {
        for (int round = 0; round < 6; round++) {
            insert(10_000 + 10 * round, "moves the slot");
            primary.admin().execute("postgres", "SELECT pg_log_standby_snapshot()");
            pipe.run("sync", "--once").assertSucceeded();
            awaitReplayed();
            standby.admin().execute("postgres", "SELECT pg_sync_replication_slots()");
            if (standby.admin()
                    .query("postgres", "SELECT 1 FROM pg_replication_slots WHERE synced AND NOT temporary")
                    .equals(List.of(List.of("1")))) {
                return;
            }
        }
        throw new AssertionError("The standby has not taken the slot over: "
                + standby.admin().query("postgres", "SELECT * FROM pg_replication_slots")
                + primary.admin().query("postgres", "SELECT * FROM pg_replication_slots"));
    }

    private Pipe promote() {
        primary.kill();
        standby.admin().execute("postgres", "SELECT pg_promote()");
        PostgresEndpoint now = standby.pipeUser();
        return pipe.from(now, database.name());
    }

    private void insert(int id, String note) {
        pipe.execute("INSERT INTO orders SELECT " + id + " + i, '" + note
                + " ' || repeat('x', 100) FROM generate_series(1, 5) i");
    }
}
