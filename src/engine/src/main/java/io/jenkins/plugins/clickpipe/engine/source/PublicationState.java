package io.jenkins.plugins.clickpipe.engine.source;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A publication at a moment. Two equal states prove that it has published the same between them: each alteration of its
 * options gives its catalog row another version, and each table, filter or column list that is set has an entry of its own.
 *
 * @param version {@code xmin} of its row in {@code pg_publication}
 * @param operations of {@code insert}, {@code update}, {@code delete}, {@code truncate}, those it publishes
 * @param entries by OID of a table, what publishes it or relations below it: entries for tables and schemas by OID, and
 *     {@code all}
 */
public record PublicationState(long oid, String version, Set<String> operations, Map<Long, Set<String>> entries) {
    private static final int SCHEMAS_SINCE = 15;

    public PublicationState {
        requireNonNull(version);
        operations = Set.copyOf(operations);
        entries = Map.copyOf(entries);
    }

    /** The publication of a name now, as far as these tables go; empty when there is none. */
    public static Optional<PublicationState> read(Connection session, String name, Collection<Long> tables) {
        try (PreparedStatement statement = session.prepareStatement(SourceSql.PUBLICATION)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                Set<String> operations = new TreeSet<>();
                for (String operation : List.of("insert", "update", "delete", "truncate")) {
                    if (row.getBoolean("pub" + operation)) {
                        operations.add(operation);
                    }
                }
                long oid = row.getLong("oid");
                Map<Long, Set<String>> entries = entries(session, oid, tables);
                if (row.getBoolean("puballtables")) {
                    entries.values().forEach(one -> one.add("all"));
                }
                return Optional.of(new PublicationState(oid, row.getString("version"), operations, entries));
            }
        } catch (SQLException e) {
            throw SourceException.of("reading publication " + name, e);
        }
    }

    private static Map<Long, Set<String>> entries(Connection session, long publication, Collection<Long> tables)
            throws SQLException {
        Map<Long, Set<String>> entries = new HashMap<>();
        tables.forEach(table -> entries.put(table, new TreeSet<>()));
        boolean schemas = session.getMetaData().getDatabaseMajorVersion() >= SCHEMAS_SINCE;
        String sql = SourceSql.PUBLICATION_ENTRIES + (schemas ? SourceSql.PUBLICATION_SCHEMAS : "");
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            statement.setArray(
                    1, session.createArrayOf("bigint", List.copyOf(tables).toArray()));
            statement.setLong(2, publication);
            if (schemas) {
                statement.setLong(3, publication);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    entries.get(rows.getLong(1)).add(rows.getString(2));
                }
            }
        }
        return entries;
    }
}
