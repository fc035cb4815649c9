package io.jenkins.plugins.clickpipe.testbed.changes;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * A session with a thread of its own, so that its statements may wait for other sessions. What fails (a key that is taken, a
 * deadlock, a lock that is not to be had) is rolled back to before the statement, and the transaction goes on.
 */
final class WritingSession implements AutoCloseable {
    /** A statement that takes longer waits for another session. */
    private static final int PATIENCE_MILLIS = 25;

    private static final String PREPARE = "PREPARE TRANSACTION ";

    private final Connection connection;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread worker = new Thread(task, "writing-session");
        worker.setDaemon(true);
        return worker;
    });
    private Future<?> work = CompletableFuture.completedFuture(null);
    private volatile boolean open;
    /** Transactions that it has left to a second phase, and that nobody has taken over yet. */
    private final Queue<String> prepared = new ConcurrentLinkedQueue<>();

    WritingSession(Connection connection) {
        this.connection = connection;
    }

    boolean isOpen() {
        return open;
    }

    boolean isWaiting() {
        return !work.isDone();
    }

    /** Names of transactions whose second phase is to come, as literals; each is given once. */
    List<String> takePrepared() {
        List<String> taken = new ArrayList<>();
        for (String name = prepared.poll(); name != null; name = prepared.poll()) {
            taken.add(name);
        }
        return taken;
    }

    void begin() throws SQLException {
        if (!open) {
            execute("BEGIN");
            execute("SET LOCAL lock_timeout = '10s'");
            open = true;
        }
    }

    /**
     * Begins to run statements and returns when they are done or wait for another session.
     *
     * @param rollsBack asked after each statement whether it is taken back
     * @param end the transaction's; empty when it goes on
     */
    void run(List<String> statements, BooleanSupplier rollsBack, String end) throws SQLException {
        List<Boolean> takenBack =
                statements.stream().map(sql -> rollsBack.getAsBoolean()).toList();
        work = thread.submit(() -> {
            for (int i = 0; i < statements.size(); i++) {
                change(statements.get(i), takenBack.get(i));
            }
            if (!end.isEmpty()) {
                endNow(end);
            }
            return null;
        });
        await();
    }

    /** Ends the open transaction, or begins to. */
    void end(String sql) throws SQLException {
        work = thread.submit(() -> {
            endNow(sql);
            return null;
        });
        await();
    }

    private void await() throws SQLException {
        try {
            work.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // It waits for another session, or the machine is slow.
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException fault) {
                throw fault;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void change(String sql, boolean takenBack) throws SQLException {
        if (sql.startsWith("SAVEPOINT") || sql.startsWith("ROLLBACK TO")) {
            execute(sql);
            return;
        }
        boolean emptying = sql.startsWith("TRUNCATE");
        execute("SAVEPOINT s");
        try {
            if (emptying) {
                execute("SET LOCAL lock_timeout = '100ms'");
            }
            execute(sql);
            if (takenBack) {
                execute("ROLLBACK TO SAVEPOINT s");
            }
        } catch (SQLException e) {
            execute("ROLLBACK TO SAVEPOINT s");
        }
    }

    private void endNow(String sql) throws SQLException {
        try {
            execute(sql);
            if (sql.startsWith(PREPARE)) {
                prepared.add(sql.substring(PREPARE.length()));
            }
        } catch (SQLException e) {
            // a deferred key that is taken, a deadlock at the last moment
            execute("ROLLBACK");
        }
        open = false;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        thread.shutdownNow();
        connection.close();
    }
}
