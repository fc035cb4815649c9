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
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.util.PSQLState;

/**
 * The right to work on a pipe: session-level advisory locks of the source database, which the server releases by
 * itself when the process dies.
 *
 * <p>A pipe is its name and the destination that its journal stands in, which may have several names: one lock stands
 * for each. Engines that knew a pipe by its name alone take the name's lock for themselves; this one shares it, so that it
 * and an older one never work on the pipe at the same time, and two pipes of one name with other destinations do.
 */
public final class PipeLock implements AutoCloseable {
    /** A session without an answer for so long counts as gone; the network would take a quarter of an hour to say so. */
    private static final int ANSWER_SECONDS = 60;

    private final SourceDatabase database;
    private final String pipe;
    private final Supplier<Set<String>> destinations;
    private final Set<String> held = new HashSet<>();
    private Connection session;

    private PipeLock(SourceDatabase database, Connection session, String pipe, Supplier<Set<String>> destinations) {
        this.database = database;
        this.session = session;
        this.pipe = pipe;
        this.destinations = destinations;
    }

    /**
     * Takes it.
     *
     * @param destinations what the pipe's destination is known by now; asked again by {@link #extend} and {@link #renew}
     * @throws PipeBusyException at once, when another process holds it
     */
    public static PipeLock acquire(SourceDatabase database, String pipe, Supplier<Set<String>> destinations) {
        Set<String> names = destinations.get();
        Connection session = database.connect();
        PipeLock lock = new PipeLock(database, session, pipe, destinations);
        try {
            lock.take("pg_try_advisory_lock_shared(" + key(pipe) + ")", names);
            lock.take(names);
            return lock;
        } catch (RuntimeException e) {
            database.release(session);
            throw e;
        }
    }

    /**
     * Takes the locks of names that the destination has got since, by a first journal.
     *
     * @throws PipeBusyException when another process has been faster
     */
    public void extend() {
        take(destinations.get());
    }

    private void take(Set<String> names) {
        for (String name : new TreeSet<>(names)) {
            if (!held.contains(name)) {
                take("pg_try_advisory_lock(" + key(pipe, name) + ")", names);
                held.add(name);
            }
        }
    }

    private void take(String call, Set<String> names) {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + call)) {
            row.next();
            if (!row.getBoolean(1)) {
                throw new PipeBusyException(pipe, holder(session, pipe, names).orElse("a process that has just ended"));
            }
        } catch (SQLException e) {
            throw SourceException.of("taking the lock of pipe " + pipe, e);
        }
    }

    /** Who works on the pipe now, as one phrase; empty when nobody does. */
    public static Optional<String> holder(Connection connection, String pipe, Set<String> destinations) {
        String keys = Stream.concat(Stream.of(key(pipe)), destinations.stream().map(name -> key(pipe, name)))
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        """
                        SELECT format('%%s from %%s, since %%s (PostgreSQL pid %%s)', a.application_name,
                                      coalesce(host(a.client_addr), 'a local socket'),
                                      to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS'), a.pid)
                          FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                           AND l.mode = 'ExclusiveLock' AND a.pid <> pg_backend_pid()
                           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                           AND (l.classid::bigint << 32 | l.objid::bigint) IN (%s)
                        """
                                .formatted(keys))) {
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
        PipeLock again = acquire(database, pipe, destinations);
        database.release(session);
        session = again.session;
        held.addAll(again.held);
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

    /** The key of a pipe's name alone, which older engines take. */
    private static long key(String pipe) {
        return hash("clickpipe-resync pipe " + pipe);
    }

    private static long key(String pipe, String destination) {
        return hash("clickpipe-resync pipe " + pipe + " into " + destination);
    }

    private static long hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
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
