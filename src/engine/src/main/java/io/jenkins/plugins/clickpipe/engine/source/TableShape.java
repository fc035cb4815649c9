package io.jenkins.plugins.clickpipe.engine.source;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a table is made of, as far as the WAL does not tell its changes: the relations below it with their storage, and
 * what its columns' rows look like.
 *
 * @param facts as {@code SourceSql.SHAPES} describes them
 * @param fingerprint of all facts but the storage, which VACUUM FULL and TRUNCATE change too
 */
public record TableShape(JsonNode facts, String fingerprint) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public TableShape {
        requireNonNull(facts);
        requireNonNull(fingerprint);
    }

    /** OIDs of the table and of all relations below it. */
    public List<Long> relations() {
        List<Long> relations = new ArrayList<>();
        facts.path("relations").fieldNames().forEachRemaining(oid -> relations.add(Long.valueOf(oid)));
        return relations;
    }

    /** A table's shape now; empty when there is no such table. */
    static Optional<TableShape> read(Connection session, long oid) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(SourceSql.SHAPES)) {
            statement.setArray(1, session.createArrayOf("bigint", new Long[] {oid}));
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(
                                new TableShape(JSON.readTree(row.getString("shape")), row.getString("fingerprint")))
                        : Optional.empty();
            } catch (JsonProcessingException e) {
                throw new SQLException("PostgreSQL sent no JSON", e);
            }
        }
    }

    /** The fingerprints of these tables now, by OID; none for a table that is gone. */
    public static Map<Long, String> fingerprints(Connection session, Collection<Long> oids) {
        try (PreparedStatement statement = session.prepareStatement(SourceSql.FINGERPRINTS)) {
            statement.setArray(
                    1, session.createArrayOf("bigint", List.copyOf(oids).toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                Map<Long, String> fingerprints = new HashMap<>();
                while (rows.next()) {
                    fingerprints.put(rows.getLong("oid"), rows.getString("fingerprint"));
                }
                return fingerprints;
            }
        } catch (SQLException e) {
            throw SourceException.of("looking whether the tables have changed", e);
        }
    }
}
