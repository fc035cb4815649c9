package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Twelve sessions that take the same few keys from each other, at full rate, while a sync runs. {@code
 * -Dclickpipe.contended.seconds=N} lets them go on for longer.
 */
@WithServers
class ContendedKeysTest {
    private static final int SESSIONS = 12;
    private static final int KEYS = 30;
    private static final String TABLES =
            "tables: [{source: public.k}, {source: public.d}]\nsettings: {pullBatchSize: 500}\n";

    private final Duration time = Duration.ofSeconds(Integer.getInteger("clickpipe.contended.seconds", 8));
    private final AtomicLong committed = new AtomicLong();
    private final TestDatabase database;

    ContendedKeysTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void everyKeyIsAsTheLastCommitLeftIt() throws Exception {
        database.executeSource(
                "CREATE TABLE k (id int PRIMARY KEY, v text)",
                "CREATE TABLE d (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, v text)",
                "ALTER TABLE d REPLICA IDENTITY FULL");
        EngineProcess.run(yaml(), "create").assertSucceeded();
        ExecutorService threads = Executors.newFixedThreadPool(SESSIONS);
        try (EngineProcess sync = EngineProcess.start(yaml(), "sync")) {
            long end = System.nanoTime() + time.toNanos();
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                int session = i;
                writers.add(threads.submit(() -> {
                    write(session, end);
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            assertThat(sync.isAlive()).isTrue();
        } finally {
            threads.shutdownNow();
        }
        EngineProcess.run(yaml(), "sync", "--once").assertSucceeded();

        System.out.println("ContendedKeysTest: " + committed + " transactions");
        for (String table : List.of("k", "d")) {
            assertThat(database.queryTarget("SELECT id, v FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0"))
                    .as(table)
                    .containsExactlyInAnyOrderElementsOf(database.querySource("SELECT id, v FROM " + table));
        }
    }

    private void write(int session, long end) throws SQLException {
        Random random = new Random(session);
        try (Connection connection = database.source();
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() - end < 0) {
                String table = random.nextInt(16) == 0 ? "d" : "k";
                int key = 1 + random.nextInt(KEYS);
                String word = "'" + session + "." + random.nextInt() + "'";
                try {
                    statement.execute("BEGIN");
                    if (session % 2 == 0) {
                        statement.execute("UPDATE " + table + " SET v = " + word + " WHERE id = " + key);
                        statement.execute(
                                table.equals("d") && random.nextBoolean()
                                        ? "UPDATE d SET id = " + KEYS + " + 1 - id"
                                        : "DELETE FROM " + table + " WHERE id = " + key);
                    } else {
                        statement.execute("INSERT INTO " + table + " VALUES (" + key + ", " + word + ")");
                    }
                    statement.execute("COMMIT");
                    committed.incrementAndGet();
                } catch (SQLException e) {
                    // a key that is taken, a deadlock
                    statement.execute("ROLLBACK");
                }
            }
        }
    }

    private String yaml() {
        return database.pipeYaml(TABLES);
    }
}
