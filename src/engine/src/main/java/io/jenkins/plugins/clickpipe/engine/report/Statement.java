package io.jenkins.plugins.clickpipe.engine.report;

import java.time.Instant;
import java.util.Objects;

/**
 * A statement that ran, or is about to run, on one of the two servers.
 *
 * @param time when it was sent
 * @param sql its text without data rows and without secrets
 */
public record Statement(Instant time, Server server, String sql) {
    public Statement {
        Objects.requireNonNull(time);
        Objects.requireNonNull(server);
        Objects.requireNonNull(sql);
    }

    /** The server that ran a statement. */
    public enum Server {
        POSTGRESQL("PostgreSQL"),
        CLICKHOUSE("ClickHouse");

        private final String label;

        Server(String label) {
            this.label = label;
        }

        /** The server's name as people write it. */
        public String label() {
            return label;
        }
    }
}
