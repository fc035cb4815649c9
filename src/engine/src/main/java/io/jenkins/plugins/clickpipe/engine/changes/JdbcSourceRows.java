package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads rows in an ordinary session whose text form is that of the replication session. */
public final class JdbcSourceRows implements SourceRows {
    private static final int KEYS_AT_ONCE = 500;

    private final Connection connection;

    /** @param connection with auto-commit; stays its caller's */
    public JdbcSourceRows(Connection connection) {
        this.connection = requireNonNull(connection);
    }

    @Override
    public Map<RowKey, List<Value>> current(ReplicatedTable table, Collection<RowKey> keys) {
        Map<RowKey, List<Value>> rows = new HashMap<>();
        if (table.key().isEmpty()) {
            return rows;
        }
        List<RowKey> all = List.copyOf(keys);
        for (int from = 0; from < all.size(); from += KEYS_AT_ONCE) {
            read(table, all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE)), rows);
        }
        return rows;
    }

    private void read(ReplicatedTable table, List<RowKey> keys, Map<RowKey, List<Value>> rows) {
        int[] key = table.key().stream().mapToInt(table::position).toArray();
        int columns = table.columns().size();
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql(table, keys))) {
            while (found.next()) {
                List<Value> row = new ArrayList<>(columns);
                for (int i = 1; i <= columns; i++) {
                    // A statement without parameters gets its values as text, which getString hands on unchanged.
                    String text = found.getString(i);
                    row.add(text == null ? Value.NULL : Value.text(text));
                }
                rows.put(RowKey.of(table, key, row), row);
            }
        } catch (SQLException e) {
            throw SourceException.of("reading rows of " + table.source(), e);
        }
    }

    private static String sql(ReplicatedTable table, List<RowKey> keys) {
        String columns = table.columns().stream()
                .map(column -> SourceSql.quote(column.name()))
                .collect(Collectors.joining(", "));
        // Untyped literals in a row comparison take the types of the columns.
        return "SELECT " + columns + " FROM "
                + SourceSql.quote(table.source().schema(), table.source().table()) + " WHERE ROW("
                + SourceSql.quoteAll(table.key()) + ") IN ("
                + keys.stream().map(JdbcSourceRows::literal).collect(Collectors.joining(", ")) + ")";
    }

    private static String literal(RowKey key) {
        return key.values().stream()
                .map(value -> value instanceof Value.Text text ? SourceSql.literal(text.text()) : "NULL")
                .collect(Collectors.joining(", ", "ROW(", ")"));
    }
}
