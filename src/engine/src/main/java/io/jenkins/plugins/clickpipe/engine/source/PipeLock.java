package io.jenkins.plugins.clickpipe.engine.source;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Optional;
import org.postgresql.util.PSQLState;

/**
 * The right to work on a pipe: a session-level advisory lock of the source database, which the server releases by
 * itself when the process dies.
 */
public final class PipeLock implements AutoCloseable {
    /** A session without an answer for so long counts as gone; the network would take a quarter of an hour to say so. */
    private static final int ANSWER_SECONDS = 60;

    private final SourceDatabase database;
    private final String pipe;
    private Connection session;

    private PipeLock(SourceDatabase database, Connection session, String pipe) {
        this.database = database;
        this.session = session;
        this.pipe = pipe;
    }

    /** @throws PipeBusyException at once, when another process holds it */
    public static PipeLock acquire(SourceDatabase database, String pipe) {
        Connection session = database.connect();
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_try_advisory_lock(" + key(pipe) + ")")) {
            row.next();
            if (row.getBoolean(1)) {
                return new PipeLock(database, session, pipe);
            }
            PipeBusyException busy =
                    new PipeBusyException(pipe, holder(session, pipe).orElse("a process that has just ended"));
            database.release(session);
            throw busy;
        } catch (SQLException e) {
            database.release(session);
            throw SourceException.of("taking the lock of pipe " + pipe, e);
        }
    }

    /** Who works on the pipe now, as one phrase; empty when nobody does. */
    public static Optional<String> holder(Connection connection, String pipe) {
        long key = key(pipe);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        """
                        SELECT format('%%s from %%s, since %%s (PostgreSQL pid %%s)', a.application_name,
                                      coalesce(host(a.client_addr), 'a local socket'),
                                      to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS'), a.pid)
                          FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                           AND l.classid::bigint = %d AND l.objid::bigint = %d
                        """
                                .formatted(key >>> 32, key & 0xFFFFFFFFL))) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        } catch (SQLException e) {
            throw SourceException.of("looking for the holder of the lock of pipe " + pipe, e);
        }
    }

    /** @throws EngineException when the session, and so the lock, is gone */
    public void verifyHeld() {
        if (!answers()) {
            throw new EngineException("The PostgreSQL session that locks pipe " + pipe
                    + " is gone, so another process may work on it: stopped. Run the command again.");
        }
    }

    /** @throws SourceException when the session is gone; {@link #renew} may take the lock again */
    public void verifyConnected() {
        if (!answers()) {
            throw SourceException.of(
                    "holding the lock of pipe " + pipe,
                    new SQLException("its session does not answer any more", PSQLState.CONNECTION_FAILURE.getState()));
        }
    }

    /**
     * Takes it again where the session that held it is broken. Whoever goes on then has to look whether another process
     * has worked on the pipe in between.
     *
     * @return false when it was held all the while
     * @throws PipeBusyException when another process holds it, or the server has not noticed yet that the session is gone
     */
    public boolean renew() {
        if (answers()) {
            return false;
        }
        PipeLock again = acquire(database, pipe);
        database.release(session);
        session = again.session;
        return true;
    }

    private boolean answers() {
        try {
            return session.isValid(ANSWER_SECONDS);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The session that holds the lock, for statements that need no session of their own. */
    public Connection session() {
        return session;
    }

    @Override
    public void close() {
        database.release(session);
    }

    private static long key(String pipe) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(("clickpipe-resync pipe " + pipe).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Another process works on the pipe. */
    public static final class PipeBusyException extends EngineException {
        private static final long serialVersionUID = 1L;

        PipeBusyException(String pipe, String holder) {
            super("Pipe " + Objects.requireNonNull(pipe) + " is being worked on by " + holder
                    + ". Only one process works on a pipe at a time: wait for it or stop it, then retry.");
        }
    }
}
