package io.jenkins.plugins.clickpipe.engine.source;

import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Identity;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.ReplicaIdentity;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Reads table structures from the system catalogs of one session. */
public final class SourceCatalog {
    private static final Set<String> WHOLE_NUMBERS = Set.of("int2", "int4", "int8");

    private static final int LOCK_LIMIT_SECONDS = 15;
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final Connection connection;
    private final TypeCatalog types;
    private final boolean exactSizes;

    /** Measures tables; that fails where somebody keeps one locked for more than 15 s. */
    public SourceCatalog(Connection connection) {
        this(connection, true);
    }

    private SourceCatalog(Connection connection, boolean exactSizes) {
        this.connection = Objects.requireNonNull(connection);
        this.types = new TypeCatalog(connection);
        this.exactSizes = exactSizes;
    }

    /** Takes the sizes of tables from the planner's statistics, and so waits for nobody's lock. */
    public static SourceCatalog withoutMeasuring(Connection connection) {
        return new SourceCatalog(connection, false);
    }

    /** The tables a pipe can read: permanent ordinary and partitioned tables, not the partitions themselves. */
    public List<TableName> tableNames() {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SourceSql.TABLE_NAMES)) {
            List<TableName> names = new ArrayList<>();
            while (rows.next()) {
                names.add(new TableName(rows.getString(1), rows.getString(2)));
            }
            return names;
        } catch (SQLException e) {
            throw SourceException.of("listing the tables", e);
        }
    }

    /**
     * What is named like a table and cannot be replicated.
     *
     * @param kind with its article, for example {@code a view}
     */
    public record OtherRelation(TableName name, String kind, boolean partition) {}

    /** Views, foreign, unlogged and temporary tables, and partitions, which come with their roots. */
    public List<OtherRelation> otherRelations() {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SourceSql.OTHER_RELATIONS)) {
            List<OtherRelation> relations = new ArrayList<>();
            while (rows.next()) {
                relations.add(new OtherRelation(
                        new TableName(rows.getString(1), rows.getString(2)), rows.getString(3), rows.getBoolean(4)));
            }
            return relations;
        } catch (SQLException e) {
            throw SourceException.of("listing views and other relations", e);
        }
    }

    /** A table's structure now; empty when there is no such table. */
    public Optional<SourceTable> describe(String schema, String name) {
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.TABLE)) {
            statement.setString(1, schema);
            statement.setString(2, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? table(schema, name, row) : Optional.empty();
            }
        } catch (SQLException e) {
            throw SourceException.of("reading the structure of " + schema + "." + name, e);
        }
    }

    private Optional<SourceTable> table(String schema, String name, ResultSet row) throws SQLException {
        long oid = row.getLong("oid");
        // Before everything else, so that what changes meanwhile shows at the next look.
        Optional<TableShape> shape = TableShape.read(connection, oid);
        if (shape.isEmpty()) {
            return Optional.empty();
        }
        List<SourceColumn> columns = columns(oid);
        Key primary = key(oid, "p");
        List<String> primaryKey = primary.columns();
        ReplicaIdentity identity = replicaIdentity(row);
        List<String> identityColumns =
                switch (identity) {
                    case FULL -> columns.stream().map(SourceColumn::name).toList();
                    case INDEX -> indexIdentity(oid, primaryKey);
                    case NOTHING -> List.of();
                    // PostgreSQL takes no deferrable key for an identity.
                    case DEFAULT -> primary.deferrable() ? List.of() : primaryKey;
                };
        boolean partitioned = row.getString("relkind").equals("p");
        return Optional.of(new SourceTable(
                oid,
                schema,
                name,
                columns,
                primaryKey,
                primary.deferrable(),
                identity,
                identityColumns,
                relations(oid, schema + "." + name),
                partitioned,
                row.getBoolean("readable"),
                row.getBoolean("owned"),
                shape.get()));
    }

    private List<SourceColumn> columns(long oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.COLUMNS)) {
            statement.setLong(1, oid);
            statement.setLong(2, oid);
            try (ResultSet rows = statement.executeQuery()) {
                List<SourceColumn> columns = new ArrayList<>();
                while (rows.next()) {
                    columns.add(new SourceColumn(
                            rows.getString("attname"),
                            rows.getInt("attnum"),
                            rows.getLong("atttypid"),
                            types.type(rows.getLong("atttypid"), rows.getInt("atttypmod")),
                            rows.getString("type_text"),
                            rows.getBoolean("attnotnull"),
                            switch (rows.getString("attgenerated")) {
                                case "s" -> SourceColumn.Generated.STORED;
                                case "v" -> SourceColumn.Generated.VIRTUAL;
                                default -> SourceColumn.Generated.NO;
                            },
                            older(rows)));
                }
                return columns;
            }
        }
    }

    private static SourceColumn.Older older(ResultSet column) throws SQLException {
        Optional<String> constant = Optional.ofNullable(column.getString("missing"));
        return new SourceColumn.Older(constant, constant.isEmpty() && column.getBoolean("has_default"));
    }

    /** REPLICA IDENTITY USING INDEX may name the primary key's own index, which the catalog query lists as 'p'. */
    private List<String> indexIdentity(long oid, List<String> primaryKey) throws SQLException {
        List<String> columns = key(oid, "i").columns();
        return columns.isEmpty() ? primaryKey : columns;
    }

    private static ReplicaIdentity replicaIdentity(ResultSet relation) throws SQLException {
        return switch (relation.getString("relreplident")) {
            case "f" -> ReplicaIdentity.FULL;
            case "i" -> ReplicaIdentity.INDEX;
            case "n" -> ReplicaIdentity.NOTHING;
            default -> ReplicaIdentity.DEFAULT;
        };
    }

    private record Key(List<String> columns, boolean deferrable) {}

    private Key key(long oid, String kind) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.KEY_COLUMNS)) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                List<String> columns = new ArrayList<>();
                boolean deferrable = false;
                while (rows.next()) {
                    if (rows.getString("kind").equals(kind)) {
                        columns.add(rows.getString("attname"));
                        deferrable |= rows.getBoolean("deferrable");
                    }
                }
                return new Key(columns, deferrable);
            }
        }
    }

    private List<Relation> relations(long oid, String name) throws SQLException {
        if (!exactSizes) {
            return relations(oid);
        }
        limitLockWaits(LOCK_LIMIT_SECONDS);
        try {
            return relations(oid);
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw SourceException.locked(name, LOCK_LIMIT_SECONDS, lockHolder(oid), e);
            }
            throw e;
        } finally {
            limitLockWaits(0);
        }
    }

    /** @param seconds 0 for no limit */
    private void limitLockWaits(int seconds) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '" + seconds + "s'");
        }
    }

    private Optional<String> lockHolder(long oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.LOCK_HOLDER)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    private List<Relation> relations(long oid) throws SQLException {
        String sql = SourceSql.RELATIONS.formatted(exactSizes ? SourceSql.EXACT_SIZE : SourceSql.KNOWN_SIZE);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                List<Relation> relations = new ArrayList<>();
                while (rows.next()) {
                    long blocks = rows.getLong("blocks");
                    relations.add(new Relation(
                            rows.getLong("oid"),
                            rows.getString("nspname"),
                            rows.getString("relname"),
                            blocks,
                            estimate(
                                    blocks,
                                    rows.getLong("relpages"),
                                    rows.getDouble("reltuples"),
                                    rows.getLong("bytes")),
                            rows.getLong("bytes"),
                            new Identity(replicaIdentity(rows), names(rows.getArray("identity")))));
                }
                return relations;
            }
        }
    }

    private static List<String> names(Array array) throws SQLException {
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    /** The planner's own way: today's pages at the density of the last ANALYZE; without one, 100 bytes a row. */
    private static long estimate(long blocks, long relpages, double reltuples, long bytes) {
        if (blocks == 0) {
            return 0;
        }
        return relpages > 0 && reltuples >= 0 ? Math.round(reltuples / relpages * blocks) : Math.max(1, bytes / 100);
    }

    /** The bounds of equally filled ranges of a column, from the planner's statistics; empty without any. */
    public List<String> histogram(Relation relation, String column) {
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.HISTOGRAM)) {
            statement.setString(1, relation.schema());
            statement.setString(2, relation.name());
            statement.setString(3, column);
            try (ResultSet rows = statement.executeQuery()) {
                List<String> bounds = new ArrayList<>();
                while (rows.next()) {
                    bounds.add(rows.getString(1));
                }
                return bounds;
            }
        } catch (SQLException e) {
            throw SourceException.of("reading the statistics of " + relation.quoted(), e);
        }
    }

    /**
     * The least and the greatest value of a column.
     *
     * @param least not above {@code greatest}
     */
    public record Bounds(long least, long greatest) {
        /** Values that cut the bounds into so many equal steps, or fewer where there are fewer values. */
        public List<String> steps(long count) {
            List<String> cuts = new ArrayList<>();
            double width = ((double) greatest - least) / count;
            for (long i = 1; i < count; i++) {
                String cut = String.valueOf(least + (long) Math.ceil(width * i));
                if (cuts.isEmpty() || !cuts.get(cuts.size() - 1).equals(cut)) {
                    cuts.add(cut);
                }
            }
            return cuts;
        }
    }

    /** The bounds of a column of whole numbers that an index begins with; empty for other columns or without rows. */
    public Optional<Bounds> wholeNumberBounds(Relation relation, SourceColumn column) {
        if (!WHOLE_NUMBERS.contains(column.type().withoutDomains().name())) {
            return Optional.empty();
        }
        try (PreparedStatement indexed = connection.prepareStatement(SourceSql.INDEXED)) {
            indexed.setLong(1, relation.oid());
            indexed.setString(2, column.name());
            try (ResultSet row = indexed.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
            }
            String name = SourceSql.quote(column.name());
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT min(" + name + "), max(" + name + ") FROM ONLY " + relation.quoted())) {
                row.next();
                Bounds bounds = new Bounds(row.getLong(1), row.getLong(2));
                return row.wasNull() ? Optional.empty() : Optional.of(bounds);
            }
        } catch (SQLException e) {
            throw SourceException.of("reading the bounds of " + relation.quoted(), e);
        }
    }

    /** Connections that this session's role may open beside those that there are; negative when there are too many. */
    public long freeConnections() {
        return Long.parseLong(value(SourceSql.FREE_CONNECTIONS));
    }

    /**
     * A partition or an inheritance child that keeps a table from being read as a whole.
     *
     * @param name quoted
     */
    public record UnreadablePart(String name, Reason reason) {
        /** Why. */
        public enum Reason {
            FOREIGN,
            PRIVILEGE,
            ROW_SECURITY
        }
    }

    /** Partitions and children of a table that the role cannot read, at most 20; each is read by itself. */
    public List<UnreadablePart> unreadableParts(SourceTable table) {
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.UNREADABLE_PARTS)) {
            statement.setLong(1, table.oid());
            try (ResultSet rows = statement.executeQuery()) {
                List<UnreadablePart> parts = new ArrayList<>();
                while (rows.next()) {
                    UnreadablePart.Reason reason =
                            switch (rows.getString(2)) {
                                case "foreign" -> UnreadablePart.Reason.FOREIGN;
                                case "privilege" -> UnreadablePart.Reason.PRIVILEGE;
                                default -> UnreadablePart.Reason.ROW_SECURITY;
                            };
                    parts.add(new UnreadablePart(rows.getString(1), reason));
                }
                return parts;
            }
        } catch (SQLException e) {
            throw SourceException.of("looking at the partitions of " + table.qualifiedName(), e);
        }
    }

    /** OIDs of the relations that a relation is a part of, itself included. */
    public List<Long> ancestors(long relation) {
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.ANCESTORS)) {
            statement.setLong(1, relation);
            try (ResultSet rows = statement.executeQuery()) {
                List<Long> ancestors = new ArrayList<>();
                while (rows.next()) {
                    ancestors.add(rows.getLong(1));
                }
                return ancestors;
            }
        } catch (SQLException e) {
            throw SourceException.of("looking for what relation " + relation + " is a part of", e);
        }
    }

    /** Whether a transaction has not ended for others yet, though its commit may be in the WAL. */
    public boolean isRunning(long xid) {
        try (PreparedStatement statement = connection.prepareStatement(SourceSql.TRANSACTION_RUNS)) {
            statement.setString(1, String.valueOf(xid));
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            throw SourceException.of("looking at transaction " + xid, e);
        }
    }

    /** PostgreSQL's version as a number, for example 180006. */
    public int serverVersion() {
        return Integer.parseInt(value("SHOW server_version_num"));
    }

    /** The single value of a query, as text; null for NULL. */
    public String value(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw SourceException.of("running " + sql, e);
        }
    }
}
