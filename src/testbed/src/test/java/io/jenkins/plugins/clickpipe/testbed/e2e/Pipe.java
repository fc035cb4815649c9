package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.util.List;

/**
 * A pipe of any name from any source to any destination, for tests about pairs of pipes.
 *
 * @param tables the pipe file's {@code tables:} and {@code settings:}
 */
record Pipe(
        String name,
        PostgresEndpoint source,
        String sourceDatabase,
        ClickHouseEndpoint target,
        String targetDatabase,
        String tables) {
    static Pipe of(TestDatabase database, String tables) {
        return new Pipe(
                database.name(),
                database.servers().postgresPipeUser(),
                database.name(),
                database.servers().clickHousePipeUser(),
                database.name(),
                tables);
    }

    Pipe named(String other) {
        return new Pipe(other, source, sourceDatabase, target, targetDatabase, tables);
    }

    Pipe from(PostgresEndpoint server, String database) {
        return new Pipe(name, server, database, target, targetDatabase, tables);
    }

    Pipe into(String database) {
        return new Pipe(name, source, sourceDatabase, target, database, tables);
    }

    Pipe with(String otherTables) {
        return new Pipe(name, source, sourceDatabase, target, targetDatabase, otherTables);
    }

    EngineRun run(String command, String... options) {
        return EngineProcess.run(yaml(), command, options);
    }

    String yaml() {
        return """
                name: %s
                source: {host: "%s", port: %d, database: "%s", user: "%s", password: "%s"}
                target: {url: "%s", database: "%s", user: "%s", password: "%s"}
                """
                        .formatted(
                                name,
                                source.host(),
                                source.port(),
                                sourceDatabase,
                                source.user(),
                                source.password(),
                                target.url(),
                                targetDatabase,
                                target.user(),
                                target.password())
                + tables.strip()
                + "\n";
    }

    void execute(String... statements) {
        source.execute(sourceDatabase, statements);
    }

    List<List<String>> query(String sql) {
        return source.query(sourceDatabase, sql);
    }

    /** As the test bed's admin, who sees the journal and may write it. */
    List<List<String>> queryTarget(TestDatabase database, String sql) {
        return database.servers().clickHouseAdmin().query(targetDatabase, sql);
    }

    /** The rows of a table of {@code id} and {@code note} are the same on both sides, each once. */
    void assertSame(TestDatabase database, String table, String destination) {
        assertThat(queryTarget(
                        database,
                        "SELECT id, note FROM " + destination + " FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .as("%s of pipe %s", destination, name)
                .isEqualTo(query("SELECT id, note FROM " + table + " ORDER BY id"));
    }
}
