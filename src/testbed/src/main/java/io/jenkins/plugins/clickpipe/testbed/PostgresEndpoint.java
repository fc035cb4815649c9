package io.jenkins.plugins.clickpipe.testbed;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** A PostgreSQL server as one role sees it. */
public record PostgresEndpoint(String host, int port, String user, String password) {
    private static final int DROP_ATTEMPTS = 50;

    public PostgresEndpoint {
        requireNonNull(host);
        requireNonNull(user);
        requireNonNull(password);
    }

    /** The same server and role reached through another port of the loopback interface, a proxy's for example. */
    public PostgresEndpoint throughPort(int otherPort) {
        return new PostgresEndpoint("127.0.0.1", otherPort, user, password);
    }

    /** A new connection, which the caller closes. Connecting takes 10 s at most. */
    public Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "10");
        properties.setProperty("ApplicationName", "clickpipe-testbed");
        return DriverManager.getConnection("jdbc:postgresql://" + host + ":" + port + "/" + database, properties);
    }

    /** Runs statements in their order, each in a transaction of its own. */
    public void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new TestbedException("PostgreSQL: " + e.getMessage(), e);
        }
    }

    /** A query's rows as text, as the driver prints the values; NULL is {@code null}. */
    public List<List<String>> query(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(sql)) {
            List<List<String>> rows = new ArrayList<>();
            while (results.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= results.getMetaData().getColumnCount(); column++) {
                    row.add(results.getString(column));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new TestbedException("PostgreSQL: " + e.getMessage(), e);
        }
    }

    public void createDatabase(String name, String owner) {
        execute("postgres", "CREATE DATABASE " + quote(name) + " OWNER " + quote(owner));
    }

    /** Drops a database, its sessions and its replication slots, if it exists. PostgreSQL 12 and newer. */
    public void dropDatabase(String name) {
        String ofDatabase = " = '" + name.replace("'", "''") + "'";
        for (int attempt = 1; ; attempt++) {
            try {
                execute(
                        "postgres",
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname" + ofDatabase,
                        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database"
                                + ofDatabase,
                        "DROP DATABASE IF EXISTS " + quote(name));
                return;
            } catch (TestbedException e) {
                // a terminated session holds its slot and its database a moment longer
                if (attempt == DROP_ATTEMPTS) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestbedException("Interrupted while a database was dropped", e);
        }
    }

    static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** Without the password. */
    @Override
    public String toString() {
        return user + " at " + host + ":" + port;
    }
}
