package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Invariant 3: transactions of every length stand across the baseline, the slot's creation and the snapshot, and after
 * the changes since are applied the destination is the source.
 */
@WithServers
class ConcurrentWritersTest {
    private static final int WRITERS = 3;
    private static final int KEYS = 3_000;
    private static final String PIPE =
            """
            tables: [{source: public.accounts}]
            settings: {initialLoadParallelism: 2, snapshotNumRowsPerPartition: 200}
            """;

    private final AtomicBoolean done = new AtomicBoolean();
    private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();

    @Test
    void nothingIsLostBetweenSnapshotAndChanges(TestDatabase database) throws InterruptedException {
        long seed = new Random().nextLong();
        System.out.println("seed of the writers: " + seed);
        database.executeSource(
                "CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL, note text)",
                "INSERT INTO accounts SELECT i, 0, repeat('n', 200) FROM generate_series(1, " + KEYS + ") i",
                "ANALYZE accounts");
        EngineProcess.run(database.pipeYaml(PIPE), "resync").assertSucceeded();
        List<Thread> writers = IntStream.range(0, WRITERS)
                .mapToObj(writer -> new Thread(() -> write(database, writer, new Random(seed + writer))))
                .toList();
        writers.forEach(Thread::start);
        try {
            EngineProcess.run(database.pipeYaml(PIPE), "sync", "--once").assertSucceeded();
            EngineProcess.run(database.pipeYaml(PIPE), "resync").assertSucceeded();
            EngineProcess.run(database.pipeYaml(PIPE), "sync", "--once").assertSucceeded();
        } finally {
            done.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
        }
        EngineProcess.run(database.pipeYaml(PIPE), "sync", "--once").assertSucceeded();

        assertThat(failures).isEmpty();
        assertThat(database.queryTarget(
                        "SELECT id, balance, note FROM accounts FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, balance, note FROM accounts ORDER BY id"));
    }

    /** Each writer has its own keys, so that no two wait for each other; some transactions are rolled back. */
    private void write(TestDatabase database, int writer, Random random) {
        try (Connection connection = database.source();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!done.get()) {
                int changes = 1 + random.nextInt(20);
                for (int i = 0; i < changes; i++) {
                    long key = (long) random.nextInt(2 * KEYS) * WRITERS + writer;
                    statement.execute(
                            switch (random.nextInt(4)) {
                                case 0 ->
                                    "INSERT INTO accounts VALUES (%d, 1, 'in') ON CONFLICT (id) DO NOTHING"
                                            .formatted(key);
                                case 1 -> "DELETE FROM accounts WHERE id = " + key;
                                default -> "UPDATE accounts SET balance = balance + 1 WHERE id = " + key;
                            });
                }
                if (random.nextInt(10) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
            }
        } catch (SQLException e) {
            failures.add(e);
        }
    }
}
