package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.resync.ShapeChange.Part;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Partitions and children that came to a followed table. One that was made as a partition was empty then, and all its
 * rows are in the stream. Of any other one that is known when it has no row now: ATTACH waits for its writers, so what
 * comes into it later is in the stream.
 */
final class ArrivedParts {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final Connection session;

    ArrivedParts(Connection session) {
        this.session = Objects.requireNonNull(session);
    }

    /** Which of them may have rows that are not in the stream, as a sentence. */
    Optional<String> unknownRows(List<Part> parts) {
        return parts.stream()
                .filter(part -> part.child() || part.foreign() || !part.born())
                .filter(this::hasRows)
                .findFirst()
                .map(part -> part.name() + " became a " + (part.child() ? "child" : "partition")
                        + " of it, and the rows that it had then are not in the stream");
    }

    private boolean hasRows(Part part) {
        if (part.foreign()) {
            return true;
        }
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(SourceSql.hasRows(part.quoted()))) {
            return row.next();
        } catch (SQLException e) {
            if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                return true;
            }
            throw SourceException.of("looking whether " + part.name() + " has rows", e);
        }
    }
}
