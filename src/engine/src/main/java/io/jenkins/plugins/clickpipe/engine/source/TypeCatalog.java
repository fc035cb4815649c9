package io.jenkins.plugins.clickpipe.engine.source;

import io.jenkins.plugins.clickpipe.engine.types.PostgresType;
import io.jenkins.plugins.clickpipe.engine.types.PostgresType.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Reads types from {@code pg_type}, following domains to their base and arrays to their elements. */
final class TypeCatalog {
    private final Connection connection;
    private final Map<Long, Row> rows = new HashMap<>();

    TypeCatalog(Connection connection) {
        this.connection = Objects.requireNonNull(connection);
    }

    private record Row(
            String schema, String name, Kind kind, char delimiter, long element, long base, int baseTypmod) {}

    PostgresType type(long oid, int typmod) throws SQLException {
        Row row = row(oid);
        Optional<PostgresType> element =
                row.element() == 0 ? Optional.empty() : Optional.of(type(row.element(), typmod));
        Optional<PostgresType> base =
                row.base() == 0 ? Optional.empty() : Optional.of(type(row.base(), row.baseTypmod()));
        return new PostgresType(row.schema(), row.name(), row.kind(), typmod, row.delimiter(), element, base);
    }

    private Row row(long oid) throws SQLException {
        Row known = rows.get(oid);
        if (known != null) {
            return known;
        }
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.TYPE)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("type " + oid + " is not in pg_type");
                }
                Row read = new Row(
                        row.getString("nspname"),
                        row.getString("typname"),
                        Kind.of(row.getString("typtype").charAt(0)),
                        row.getString("typdelim").charAt(0),
                        row.getLong("element"),
                        row.getLong("typbasetype"),
                        row.getInt("typtypmod"));
                rows.put(oid, read);
                return read;
            }
        }
    }
}
