package io.jenkins.plugins.clickpipe.engine.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The publication that names a pipe's tables to the replication slot. */
public final class Publication {
    private final Connection connection;
    private final String name;
    private final Consumer<String> statements;

    /** @param statements hears each statement before it runs */
    public Publication(Connection connection, String name, Consumer<String> statements) {
        this.connection = Objects.requireNonNull(connection);
        this.name = Objects.requireNonNull(name);
        this.statements = Objects.requireNonNull(statements);
    }

    public boolean exists() {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT 1 FROM pg_publication WHERE pubname = ?")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            throw SourceException.of("looking for publication " + name, e);
        }
    }

    /** The tables it names now, schema-qualified. */
    public List<String> tables() {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT schemaname || '.' || tablename FROM pg_publication_tables WHERE pubname = ? ORDER BY 1")) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                List<String> tables = new ArrayList<>();
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
                return tables;
            }
        } catch (SQLException e) {
            throw SourceException.of("reading publication " + name, e);
        }
    }

    /**
     * Makes the publication name exactly these tables.
     *
     * @param serverVersion for example 180006: partition roots can be published from 13 on, generated columns from 18
     */
    public void bringUpToDate(List<SourceTable> tables, int serverVersion) {
        List<String> names = tables.stream().map(SourceTable::quoted).toList();
        boolean generated = tables.stream()
                .flatMap(t -> t.columns().stream())
                .anyMatch(c -> c.generated() == SourceColumn.Generated.STORED);
        List<String> options = new ArrayList<>();
        options.add("publish = 'insert, update, delete, truncate'");
        if (serverVersion >= 130000) {
            options.add("publish_via_partition_root = true");
        }
        if (serverVersion >= 180000) {
            options.add("publish_generated_columns = " + (generated ? "stored" : "none"));
        }
        String with = String.join(", ", options);
        if (exists()) {
            run("ALTER PUBLICATION " + SourceSql.quote(name) + " SET TABLE " + String.join(", ", names));
            run("ALTER PUBLICATION " + SourceSql.quote(name) + " SET (" + with + ")");
        } else {
            run("CREATE PUBLICATION " + SourceSql.quote(name) + " FOR TABLE " + String.join(", ", names) + " WITH ("
                    + with + ")");
        }
    }

    /** The tables of a foreign publication that are missing in it. */
    public List<String> missing(List<SourceTable> tables) {
        TreeSet<String> missing = new TreeSet<>();
        List<String> published = tables();
        for (SourceTable table : tables) {
            boolean viaRelations = !table.relations().isEmpty()
                    && table.relations().stream().allMatch(r -> published.contains(r.schema() + "." + r.name()));
            if (!published.contains(table.qualifiedName()) && !viaRelations) {
                missing.add(table.qualifiedName());
            }
        }
        return List.copyOf(missing);
    }

    public void drop() {
        run("DROP PUBLICATION IF EXISTS " + SourceSql.quote(name));
    }

    private void run(String sql) {
        statements.accept(sql);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw SourceException.of("changing publication " + name, e);
        }
    }
}
