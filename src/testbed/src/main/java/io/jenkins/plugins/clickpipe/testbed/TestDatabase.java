package io.jenkins.plugins.clickpipe.testbed;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * A new PostgreSQL database and a new ClickHouse database, for one test.
 *
 * <p>The source methods work as the pipe's role, which owns the database and is no superuser; the target methods as
 * ClickHouse's admin, while the pipe file names the pipe's user with its few rights.
 *
 * @param name a valid pipe name, and the name of both databases
 */
public record TestDatabase(Servers servers, String name) implements AutoCloseable {
    public TestDatabase {
        requireNonNull(servers);
        requireNonNull(name);
    }

    public static TestDatabase create(Servers servers) {
        String name = "test_" + UUID.randomUUID().toString().substring(0, 8);
        servers.postgresAdmin().createDatabase(name, servers.postgresPipeUser().user());
        try {
            servers.clickHouseAdmin().createDatabase(name);
        } catch (RuntimeException e) {
            servers.postgresAdmin().dropDatabase(name);
            throw e;
        }
        return new TestDatabase(servers, name);
    }

    /** The same as {@link #name()}. */
    public String sourceDatabase() {
        return name;
    }

    /** The same as {@link #name()}. */
    public String targetDatabase() {
        return name;
    }

    /** A new connection of the pipe's role, which the caller closes. */
    public Connection source() throws SQLException {
        return servers.postgresPipeUser().connect(name);
    }

    /** A new connection of the superuser, which the caller closes. */
    public Connection sourceAdmin() throws SQLException {
        return servers.postgresAdmin().connect(name);
    }

    /** Runs statements as the pipe's role, each in a transaction of its own. */
    public void executeSource(String... statements) {
        servers.postgresPipeUser().execute(name, statements);
    }

    /** A query's rows as text; NULL is {@code null}. */
    public List<List<String>> querySource(String sql) {
        return servers.postgresPipeUser().query(name, sql);
    }

    /** Runs statements in the target database as ClickHouse's admin. */
    public void executeTarget(String... statements) {
        for (String sql : statements) {
            servers.clickHouseAdmin().execute(name, sql);
        }
    }

    /** A query's rows as text; NULL is {@code null}. */
    public List<List<String>> queryTarget(String sql) {
        return servers.clickHouseAdmin().query(name, sql);
    }

    /**
     * A pipe file for these databases.
     *
     * @param tablesAndSettings the file's remaining keys as YAML, {@code tables:} and perhaps {@code settings:}
     */
    public String pipeYaml(String tablesAndSettings) {
        return pipeYaml(servers.postgresPipeUser(), servers.clickHousePipeUser(), tablesAndSettings);
    }

    /** The same with other ways to the servers, through a {@link TcpProxy} or with other users. */
    public String pipeYaml(PostgresEndpoint source, ClickHouseEndpoint target, String tablesAndSettings) {
        return """
                name: %s
                source: {host: %s, port: %d, database: %s, user: %s, password: %s}
                target: {url: %s, database: %s, user: %s, password: %s}
                """
                        .formatted(
                                name,
                                quoted(source.host()),
                                source.port(),
                                quoted(name),
                                quoted(source.user()),
                                quoted(source.password()),
                                quoted(target.url()),
                                quoted(name),
                                quoted(target.user()),
                                quoted(target.password()))
                + tablesAndSettings.stripTrailing()
                + "\n";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Drops both databases, with the replication slots and sessions that a test has left. */
    @Override
    public void close() {
        try {
            servers.clickHouseAdmin().dropDatabase(name);
        } finally {
            servers.postgresAdmin().dropDatabase(name);
        }
    }
}
