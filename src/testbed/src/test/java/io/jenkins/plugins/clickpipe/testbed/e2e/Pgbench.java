package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * The tables of pgbench and sessions that run its transactions, "TPC-B (sort of)", one after the other at full speed
 * (PostgreSQL documentation, pgbench). The history has no key and REPLICA IDENTITY FULL.
 */
final class Pgbench implements AutoCloseable {
    /** The tables in one pipe. */
    static final String TABLES = "tables: [{source: public/pgbench_*}]\n";

    private static final int BRANCHES = 2;
    private static final int TELLERS = 10 * BRANCHES;

    private static final List<String> TRANSACTION = List.of(
            "UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid",
            "UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid",
            "UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid",
            "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)"
                    + " VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP)");

    private final TestDatabase database;
    private final int accounts;
    private final List<Thread> writers = new ArrayList<>();
    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicLong transactions = new AtomicLong();
    /** Of which the server did not say whether they were committed. */
    private final AtomicLong uncertain = new AtomicLong();

    private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();

    private Pgbench(TestDatabase database, int accounts) {
        this.database = database;
        this.accounts = accounts;
    }

    /** Makes and fills the tables; nobody writes yet. */
    static Pgbench tables(TestDatabase database, int accounts) {
        database.executeSource(
                "CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88))",
                "CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84))",
                "CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84))",
                "CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
                "ALTER TABLE pgbench_history REPLICA IDENTITY FULL",
                "INSERT INTO pgbench_branches SELECT i, 0 FROM generate_series(1, " + BRANCHES + ") i",
                "INSERT INTO pgbench_tellers SELECT i, (i - 1) / 10 + 1, 0 FROM generate_series(1, " + TELLERS + ") i",
                "INSERT INTO pgbench_accounts SELECT i, i %% %d + 1, 0, '' FROM generate_series(1, %d) i"
                        .formatted(BRANCHES, accounts),
                "ANALYZE");
        return new Pgbench(database, accounts);
    }

    /** @param seed of what they write */
    void start(int sessions, long seed) {
        for (int i = 0; i < sessions; i++) {
            Random random = new Random(seed + i);
            Thread writer = new Thread(() -> write(random), "pgbench-" + i);
            writers.add(writer);
            writer.start();
        }
    }

    /** Committed so far. */
    long transactions() {
        return transactions.get();
    }

    /** Waits until so many more transactions have been committed. */
    void awaitMore(long more) {
        long due = transactions() + more;
        Awaitility.await(more + " more transactions")
                .atMost(EngineProcess.LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> transactions() >= due || !failures.isEmpty());
        assertThat(failures).isEmpty();
    }

    /** Ends the sessions after their last transaction. */
    void stop() throws InterruptedException {
        done.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(failures).isEmpty();
    }

    /** A session that the server's restart has ended is opened again. */
    private void write(Random random) {
        while (!done.get()) {
            try (Connection connection = database.source()) {
                connection.setAutoCommit(false);
                while (!done.get()) {
                    transact(connection, random);
                    transactions.incrementAndGet();
                }
            } catch (SQLException e) {
                String state = String.valueOf(e.getSQLState());
                // connection_exception, and admin_shutdown to cannot_connect_now
                if (!state.startsWith("08") && !state.startsWith("57P0")) {
                    failures.add(e);
                    return;
                }
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }
    }

    private void transact(Connection connection, Random random) throws SQLException {
        String aid = "" + (1 + random.nextInt(accounts));
        String tid = "" + (1 + random.nextInt(TELLERS));
        String bid = "" + (1 + random.nextInt(BRANCHES));
        String delta = "(" + (random.nextInt(10_001) - 5_000) + ")";
        for (String sql : TRANSACTION) {
            String bound = sql.replace(":delta", delta)
                    .replace(":aid", aid)
                    .replace(":tid", tid)
                    .replace(":bid", bid);
            try (PreparedStatement statement = connection.prepareStatement(bound)) {
                statement.execute();
            }
        }
        uncertain.incrementAndGet();
        connection.commit();
        uncertain.decrementAndGet();
    }

    /** Every live row of the destination is one of the source and the other way round, as often as there. */
    void assertSame() {
        assertSame("pgbench_branches", "bid, bbalance, filler");
        assertSame("pgbench_tellers", "tid, bid, tbalance, filler");
        assertSame("pgbench_accounts", "aid, bid, abalance, filler");
        String history = "tid, bid, aid, delta, %s, filler FROM pgbench_history";
        assertThat(sorted(database.queryTarget(
                        "SELECT " + history.formatted("toString(mtime)") + " WHERE _peerdb_is_deleted = 0")))
                .as("pgbench_history")
                .isEqualTo(sorted(database.querySource(
                        "SELECT " + history.formatted("to_char(mtime, 'YYYY-MM-DD HH24:MI:SS.US')"))))
                .hasSizeBetween(Math.toIntExact(transactions()), Math.toIntExact(transactions() + uncertain.get()));
    }

    private void assertSame(String table, String columns) {
        String select = "SELECT " + columns + " FROM " + table;
        assertThat(database.queryTarget(select + " FINAL WHERE _peerdb_is_deleted = 0 ORDER BY 1"))
                .as(table)
                .isEqualTo(database.querySource(select + " ORDER BY 1"));
    }

    private static List<String> sorted(List<List<String>> rows) {
        return rows.stream().map(Object::toString).sorted().toList();
    }

    @Override
    public void close() throws InterruptedException {
        done.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
    }
}
