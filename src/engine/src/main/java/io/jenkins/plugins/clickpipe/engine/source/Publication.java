package io.jenkins.plugins.clickpipe.engine.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The publication that names a pipe's tables to the replication slot. */
public final class Publication {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Connection connection;
    private final String name;
    private final Consumer<String> statements;

    /** @param statements hears each statement before it runs */
    public Publication(Connection connection, String name, Consumer<String> statements) {
        this.connection = Objects.requireNonNull(connection);
        this.name = Objects.requireNonNull(name);
        this.statements = Objects.requireNonNull(statements);
    }

    /**
     * A publication as it stands.
     *
     * @param oid another one of the same name has another OID
     * @param comment what {@code COMMENT ON PUBLICATION} has said; empty where nothing
     */
    public record Standing(long oid, String comment) {}

    public Optional<Standing> find() {
        try (PreparedStatement statement = connection.prepareStatement(
                """
                SELECT oid, coalesce(obj_description(oid, 'pg_publication'), '')
                  FROM pg_publication WHERE pubname = ?""")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(new Standing(row.getLong(1), row.getString(2))) : Optional.empty();
            }
        } catch (SQLException e) {
            throw SourceException.of("looking for publication " + name, e);
        }
    }

    public boolean exists() {
        return find().isPresent();
    }

    /** What it names now, with all that schemas and partition roots add to it. */
    public List<PublishedRelation> relations() {
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.PUBLISHED_RELATIONS)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                List<PublishedRelation> relations = new ArrayList<>();
                while (rows.next()) {
                    JsonNode row = JSON.readTree(rows.getString(1));
                    List<String> columns = new ArrayList<>();
                    row.path("attnames").forEach(column -> columns.add(column.asText()));
                    relations.add(new PublishedRelation(
                            row.path("schemaname").asText(),
                            row.path("tablename").asText(),
                            row.hasNonNull("attnames") ? Optional.of(columns) : Optional.empty(),
                            Optional.ofNullable(row.get("rowfilter"))
                                    .filter(filter -> !filter.isNull())
                                    .map(JsonNode::asText)));
                }
                return relations;
            }
        } catch (SQLException | JsonProcessingException e) {
            throw SourceException.of(
                    "reading publication " + name, e instanceof SQLException sql ? sql : new SQLException(e));
        }
    }

    /**
     * The same, but waits no longer than 3 s for somebody who keeps one of its tables locked, since PostgreSQL opens each
     * of them for that.
     *
     * @return empty where somebody does
     */
    public Optional<List<PublishedRelation>> relationsUnlessLocked() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '3s'");
            try {
                return Optional.of(relations());
            } catch (SourceException e) {
                if (e.isLocked()) {
                    return Optional.empty();
                }
                throw e;
            } finally {
                statement.execute("SET lock_timeout = 0");
            }
        } catch (SQLException e) {
            throw SourceException.of("reading publication " + name, e);
        }
    }

    /**
     * Publishes a relation that has no row, so that all its rows will be in the stream.
     *
     * @param relation quoted
     * @return false where it has rows, or its writers do not let go of it for 3 s, or it is not the role's own
     */
    public boolean addEmpty(String relation) {
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            try {
                statement.execute(SourceSql.lockForPublishing(relation));
                try (ResultSet row = statement.executeQuery(SourceSql.hasRows(relation))) {
                    if (row.next()) {
                        return false;
                    }
                }
                run("ALTER PUBLICATION " + SourceSql.quote(name) + " ADD TABLE ONLY " + relation);
                connection.commit();
                return true;
            } catch (SQLException | SourceException e) {
                return false;
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw SourceException.of("changing publication " + name, e);
        }
    }

    /**
     * Makes the publication name exactly these tables; one that does already stays untouched.
     *
     * @param operations those that it is to publish, of {@code insert}, {@code update}, {@code delete}, {@code truncate}
     * @param serverVersion for example 180006: partition roots can be published from 13 on, generated columns from 18
     * @param mark the comment that tells whose it is; it comes with a new one in one transaction
     */
    public void bringUpToDate(List<SourceTable> tables, List<String> operations, int serverVersion, String mark) {
        List<String> names = tables.stream().map(SourceTable::quoted).toList();
        boolean generated = serverVersion >= 180000
                && tables.stream()
                        .flatMap(t -> t.columns().stream())
                        .anyMatch(c -> c.generated() == SourceColumn.Generated.STORED);
        List<String> options = new ArrayList<>();
        options.add("publish = '" + String.join(", ", operations) + "'");
        if (serverVersion >= 130000) {
            options.add("publish_via_partition_root = true");
        }
        if (serverVersion >= 180000) {
            options.add("publish_generated_columns = " + (generated ? "stored" : "none"));
        }
        String with = String.join(", ", options);
        Optional<Standing> standing = find();
        if (standing.isEmpty()) {
            inTransaction(List.of(
                    "CREATE PUBLICATION " + SourceSql.quote(name) + " FOR TABLE " + String.join(", ", names) + " WITH ("
                            + with + ")",
                    comment(mark)));
            return;
        }
        if (!names(tables)) {
            run("ALTER PUBLICATION " + SourceSql.quote(name) + " SET TABLE " + String.join(", ", names));
        }
        if (!has(operations, serverVersion >= 130000, generated)) {
            run("ALTER PUBLICATION " + SourceSql.quote(name) + " SET (" + with + ")");
        }
        if (!standing.get().comment().equals(mark)) {
            run(comment(mark));
        }
    }

    private String comment(String mark) {
        return "COMMENT ON PUBLICATION " + SourceSql.quote(name) + " IS " + SourceSql.literal(mark);
    }

    private void inTransaction(List<String> sql) {
        try {
            connection.setAutoCommit(false);
            try {
                sql.forEach(this::run);
                connection.commit();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw SourceException.of("changing publication " + name, e);
        }
    }

    /** It names exactly these tables, whole, with their inheritance children. */
    private boolean names(List<SourceTable> tables) {
        Set<Long> wanted = new HashSet<>();
        for (SourceTable table : tables) {
            wanted.add(table.oid());
            if (!table.partitioned()) {
                table.relations().forEach(relation -> wanted.add(relation.oid()));
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.PUBLICATION_TABLES)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (!rows.getBoolean("whole") || !wanted.remove(rows.getLong("oid"))) {
                        return false;
                    }
                }
                return wanted.isEmpty();
            }
        } catch (SQLException e) {
            throw SourceException.of("reading publication " + name, e);
        }
    }

    private boolean has(List<String> operations, boolean viaRoot, boolean generated) {
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.PUBLICATION)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                boolean same = row.next()
                        && row.getBoolean("pubviaroot") == viaRoot
                        && row.getString("pubgencols").equals(generated ? "s" : "n");
                for (String operation : List.of("insert", "update", "delete", "truncate")) {
                    same = same && row.getBoolean("pub" + operation) == operations.contains(operation);
                }
                return same;
            }
        } catch (SQLException e) {
            throw SourceException.of("reading publication " + name, e);
        }
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
