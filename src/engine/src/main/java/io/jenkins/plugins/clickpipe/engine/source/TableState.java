package io.jenkins.plugins.clickpipe.engine.source;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a table and all relations below it are at a moment. Two equal states prove that nothing was rewritten, replaced,
 * attached, detached or altered between them.
 *
 * @param oid the table's own; 0 where there was none of its name
 * @param relations by OID: the table, its partitions, its inheritance children
 */
public record TableState(TableName table, long oid, Map<Long, RelationState> relations) {
    public TableState {
        requireNonNull(table);
        relations = Map.copyOf(relations);
    }

    /** The tables of these names as the catalog has them now, read in one statement. */
    public static Map<TableName, TableState> read(Connection session, Collection<TableName> names) {
        Map<TableName, Long> oids = new HashMap<>();
        Map<TableName, Map<Long, RelationState>> found = new HashMap<>();
        List<TableName> wanted = List.copyOf(names);
        try (PreparedStatement statement = session.prepareStatement(SourceSql.TABLE_STATES)) {
            statement.setArray(
                    1,
                    session.createArrayOf(
                            "text", wanted.stream().map(TableName::schema).toArray()));
            statement.setArray(
                    2,
                    session.createArrayOf(
                            "text", wanted.stream().map(TableName::table).toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TableName table = new TableName(row.getString("root_schema"), row.getString("root_name"));
                    oids.put(table, row.getLong("root"));
                    found.computeIfAbsent(table, any -> new TreeMap<>())
                            .put(
                                    row.getLong("oid"),
                                    new RelationState(
                                            row.getLong("oid"),
                                            row.getString("nspname"),
                                            row.getString("relname"),
                                            row.getLong("relfilenode"),
                                            row.getString("structure")));
                }
            }
        } catch (SQLException e) {
            throw SourceException.of("reading which relations the tables are", e);
        }
        return wanted.stream()
                .distinct()
                .collect(Collectors.toMap(
                        table -> table,
                        table -> new TableState(
                                table, oids.getOrDefault(table, 0L), found.getOrDefault(table, Map.of()))));
    }

    /** The same in a session of its own. */
    public static Map<TableName, TableState> read(SourceDatabase database, Collection<TableName> names) {
        Connection session = database.connect();
        try {
            return read(session, names);
        } finally {
            database.release(session);
        }
    }

    /** The table as it is now. */
    public TableState again(Connection session) {
        return read(session, List.of(table)).get(table);
    }

    /** How the table has changed up to a later state, as the end of a sentence that names it; empty when it has not. */
    public Optional<String> difference(TableState later) {
        return alteration(later).or(() -> rewriting(later));
    }

    /**
     * The same for a table that was read already: another storage alone (TRUNCATE, VACUUM FULL, CLUSTER) makes nothing wrong
     * that was read before, and the stream tells of the TRUNCATE.
     */
    public Optional<String> alteration(TableState later) {
        if (later.oid == 0) {
            return Optional.of("was dropped or renamed");
        }
        if (later.oid != oid) {
            return Optional.of("was replaced by another table of its name");
        }
        if (!later.relations.keySet().equals(relations.keySet())) {
            return Optional.of("has other partitions or children than before");
        }
        return relations.values().stream()
                .map(before -> difference(before, later.relations.get(before.oid())))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> difference(RelationState before, RelationState after) {
        String part = part(before);
        if (!before.quoted().equals(after.quoted())) {
            return Optional.of("has a partition or child of another name" + part);
        }
        return before.structure().equals(after.structure())
                ? Optional.empty()
                : Optional.of("was altered (columns, types, key or replica identity)" + part);
    }

    private Optional<String> rewriting(TableState later) {
        return relations.values().stream()
                .filter(before ->
                        before.fileNode() != later.relations.get(before.oid()).fileNode())
                .findFirst()
                .map(before -> "was rewritten (TRUNCATE, VACUUM FULL, CLUSTER or an ALTER TABLE)" + part(before));
    }

    private String part(RelationState relation) {
        return relation.oid() == oid ? "" : ", in " + relation.quoted();
    }
}
