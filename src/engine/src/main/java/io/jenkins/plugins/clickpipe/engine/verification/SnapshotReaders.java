package io.jenkins.plugins.clickpipe.engine.verification;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.load.TableLoad;
import io.jenkins.plugins.clickpipe.engine.source.ExportedSnapshot;
import io.jenkins.plugins.clickpipe.engine.source.ProvenReading;
import io.jenkins.plugins.clickpipe.engine.source.RelationMovedException;
import io.jenkins.plugins.clickpipe.engine.source.SourceDatabase;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Sessions that answer questions under one snapshot, several at a time. A question whose connection breaks is asked
 * again; one about a relation that is not any more what the snapshot saw ends with a {@link RelationMovedException}.
 */
public final class SnapshotReaders implements AutoCloseable {
    private static final int ATTEMPTS = 6;
    /** Each row is one call of a long expression; compiling that first takes longer than small tables do. */
    private static final String NO_COMPILATION = "SET LOCAL jit = off";

    private final ExportedSnapshot snapshot;
    private final Consumer<String> statements;
    private final ExecutorService threads;
    private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();

    /**
     * @param statements hears each statement before it is sent
     * @param parallelism sessions at most
     */
    public SnapshotReaders(ExportedSnapshot snapshot, Consumer<String> statements, int parallelism) {
        this.snapshot = Objects.requireNonNull(snapshot);
        this.statements = Objects.requireNonNull(statements);
        this.threads = Executors.newFixedThreadPool(parallelism, task -> {
            Thread thread = new Thread(task, "verification");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Reads the only row of an answer. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Asks about the server. */
    <T> Future<T> read(String sql, RowReader<T> reader) {
        return threads.submit(() -> read(session -> answer(session, sql, sql, reader)));
    }

    /**
     * Asks about a relation of a loaded table, which is proven to be what the load has read.
     *
     * @param shown what is recorded of the statement
     */
    <T> Future<T> read(TableLoad table, Relation relation, String sql, String shown, RowReader<T> reader) {
        return threads.submit(() -> {
            try {
                return read(session -> {
                    ProvenReading proven = ProvenReading.of(session, table.before(relation), statements);
                    T answer = answer(session, sql, shown, reader);
                    proven.end();
                    return answer;
                });
            } catch (SourceException e) {
                Optional<String> change = e.isTransient() ? Optional.empty() : snapshot.changeOf(table.before());
                throw change.<RuntimeException>map(RelationMovedException::new).orElse(e);
            }
        });
    }

    private <T> T read(Function<Connection, T> question) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return readOnce(question);
            } catch (SourceException e) {
                if (!e.isTransient() || attempt == ATTEMPTS) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(250L << attempt);
            }
        }
    }

    private <T> T answer(Connection session, String sql, String shown, RowReader<T> reader) {
        statements.accept(shown);
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return reader.read(row);
        } catch (SQLException e) {
            throw SourceException.of("verifying", e);
        }
    }

    private <T> T readOnce(Function<Connection, T> question) {
        Connection session = idle.poll();
        boolean usable = false;
        try {
            if (session == null) {
                session = open();
            }
            T answer = question.apply(session);
            usable = true;
            return answer;
        } catch (SQLException e) {
            throw SourceException.of("verifying", e);
        } finally {
            if (usable) {
                idle.add(session);
            } else if (session != null) {
                release(session);
            }
        }
    }

    private Connection open() throws SQLException {
        Connection session = snapshot.open();
        open.add(session);
        try (Statement statement = session.createStatement()) {
            statement.execute(NO_COMPILATION);
        }
        return session;
    }

    private void release(Connection session) {
        open.remove(session);
        snapshot.release(session);
    }

    /** An answer that was asked for. */
    <T> T await(Future<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw EngineException.of(e);
        }
    }

    /** Cancels what is still asked and ends the sessions. */
    @Override
    public void close() {
        threads.shutdownNow();
        for (Connection session : open) {
            if (!idle.contains(session)) {
                SourceDatabase.cancel(session);
            }
            release(session);
        }
    }
}
