package io.jenkins.plugins.clickpipe.engine.source;

import io.jenkins.plugins.clickpipe.engine.Silence;
import io.jenkins.plugins.clickpipe.engine.definition.SourceServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.util.PSQLState;

/**
 * Opens sessions of the source database and can end them all. Every session writes values in one fixed text form
 * (ISO dates, UTC, hex bytea), which the type mapping relies on, and is refused rows rather than not shown them where
 * row-level security would hide some. No timeout of the role or the database ends a long COPY or an idle session, and
 * both ends probe a silent connection each minute, so that a broken one is noticed and no router forgets an idle one.
 */
public final class SourceDatabase implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_SECONDS = 15;
    /** So long a server that is asked to end work may take to let somebody in. */
    private static final int SILENCE_SECONDS = 10;

    private static final String TEXT_FORM =
            """
            SET DateStyle = 'ISO, YMD'; SET TimeZone = 'UTC'; SET IntervalStyle = 'iso_8601';
            SET extra_float_digits = 3; SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET lc_numeric = 'C';
            SET xmlbinary = base64; SET xmloption = content; SET array_nulls = on; SET transform_null_equals = off;
            SET standard_conforming_strings = on; SET quote_all_identifiers = off;
            SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off;
            SET default_transaction_deferrable = off; SET plan_cache_mode = auto;
            SELECT set_config(name, '0', false) FROM pg_settings
             WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout',
                            'idle_session_timeout', 'transaction_timeout')
                OR name IN ('force_parallel_mode', 'debug_parallel_query');
            SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 6;
            SET search_path = 'pg_catalog'; SET row_security = off;
            """;
    /** A scan must give the rows of a partition in the same order each time: a repeated partition relies on it. */
    private static final String STABLE_SCANS =
            """
            SET max_parallel_workers_per_gather = 0; SET synchronize_seqscans = off; SET enable_indexonlyscan = off;
            SET enable_seqscan = on; SET enable_tidscan = on; SET jit = off;
            """;

    /** A shorter limit than the usual one ends streams between two status messages. */
    private static final String PATIENT_SENDER =
            """
            SELECT set_config(name, '60s', false) FROM pg_settings
             WHERE name = 'wal_sender_timeout' AND setting::int BETWEEN 1 AND 59999
            """;

    private final SourceServer server;
    private final String applicationName;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile boolean silent;

    /** @param applicationName what the server shows in pg_stat_activity, at most 63 bytes */
    public SourceDatabase(SourceServer server, String applicationName) {
        this.server = Objects.requireNonNull(server);
        this.applicationName = Objects.requireNonNull(applicationName);
    }

    public SourceServer server() {
        return server;
    }

    private enum Use {
        SQL,
        COPY,
        REPLICATION
    }

    /** An ordinary session with auto-commit. */
    public Connection connect() {
        return open(Use.SQL);
    }

    /**
     * A session for COPY TO STDOUT. Each array that the driver reads from it holds whole rows, or a part of one long
     * row: 64 KiB at most, whatever the width of the rows, except under GSS encryption.
     */
    public Connection connectForCopy() {
        return open(Use.COPY);
    }

    /** A session that speaks the replication protocol as well as SQL. */
    public Connection connectForReplication() {
        return open(Use.REPLICATION);
    }

    private Connection open(Use use) {
        Connection connection;
        try {
            if (silent) {
                throw new SQLException("It has stopped answering.", PSQLState.CONNECTION_UNABLE_TO_CONNECT.getState());
            }
            connection = DriverManager.getConnection(url(), properties(use));
        } catch (SQLException e) {
            throw SourceException.connecting(server, e);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(TEXT_FORM);
            statement.execute(use == Use.REPLICATION ? PATIENT_SENDER : STABLE_SCANS);
        } catch (SQLException e) {
            closeQuietly(connection);
            throw SourceException.connecting(server, e);
        }
        open.add(connection);
        if (closed) {
            release(connection);
            throw new SessionsClosedException();
        }
        return connection;
    }

    private Properties properties(Use use) {
        boolean replication = use == Use.REPLICATION;
        Properties properties = new Properties();
        PGProperty.USER.set(properties, server.user());
        PGProperty.PASSWORD.set(properties, server.password().reveal());
        PGProperty.SSL_MODE.set(properties, server.sslMode());
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_TIMEOUT_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(properties, 2 * CONNECT_TIMEOUT_SECONDS);
        PGProperty.CANCEL_SIGNAL_TIMEOUT.set(properties, SILENCE_SECONDS);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.PREFER_QUERY_MODE.set(properties, replication ? "simple" : "extended");
        if (replication) {
            PGProperty.REPLICATION.set(properties, "database");
            PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "12");
        }
        PGProperty.SOCKET_FACTORY.set(properties, SessionSocketFactory.class.getName());
        PGProperty.SOCKET_FACTORY_ARG.set(
                properties, use == Use.COPY ? SessionSocketFactory.COPY : SessionSocketFactory.PLAIN);
        if (use == Use.COPY) {
            PGProperty.SSL_FACTORY.set(properties, CopyTlsFactory.class.getName());
        }
        return properties;
    }

    private String url() {
        return "jdbc:postgresql://" + bracketed(server.host()) + ":" + server.port() + "/"
                + URLEncoder.encode(server.database(), StandardCharsets.UTF_8);
    }

    private static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** Ends one session. */
    public void release(Connection connection) {
        open.remove(connection);
        closeQuietly(connection);
    }

    /**
     * Cancels what every session is doing, so that no COPY goes on; sessions stay open until they are released. All are
     * told at once, since each may take {@value #SILENCE_SECONDS} s where the network is dead.
     */
    public void cancelAll() {
        CompletableFuture.allOf(open.stream()
                        .map(connection ->
                                CompletableFuture.runAsync(() -> cancel(connection), SourceDatabase::inThread))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    /** Cancels what one session is doing. */
    public static void cancel(Connection connection) {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            // The session is gone already, and its work with it.
        }
    }

    private static void inThread(Runnable task) {
        Thread thread = new Thread(task, "cancel");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Breaks off every session where the server lets nobody in within {@value #SILENCE_SECONDS} s, for then none would
     * ever get an answer; later sessions are refused. For a process that is asked to end: it need not wait for the
     * network.
     */
    public void endIfSilent() {
        if (Silence.lasts(Duration.ofSeconds(SILENCE_SECONDS), this::letsInWithin)) {
            silent = true;
            open.forEach(SourceDatabase::abort);
        }
    }

    private boolean letsInWithin(Duration limit) {
        int seconds = (int) Math.max(1, limit.toSeconds());
        Properties properties = properties(Use.SQL);
        PGProperty.CONNECT_TIMEOUT.set(properties, seconds);
        PGProperty.LOGIN_TIMEOUT.set(properties, seconds);
        try {
            closeQuietly(DriverManager.getConnection(url(), properties));
            return true;
        } catch (SQLException e) {
            return !PSQLState.isConnectionError(e.getSQLState());
        }
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // A session that cannot be broken off is broken already.
        }
    }

    /** Cancels and ends every session; later ones are refused. */
    @Override
    public void close() {
        closed = true;
        cancelAll();
        open.forEach(this::release);
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // A session that cannot be closed is broken already.
        }
    }

    /** Thrown to a thread that opens a session after {@link #close}. */
    public static final class SessionsClosedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
