package io.jenkins.plugins.clickpipe.engine.target;

import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a destination table is to look. ClickPipes' own metadata columns follow the given ones.
 *
 * @param sortingKey columns of ORDER BY; empty means {@code tuple()}
 */
public record TableDefinition(
        List<TargetColumn> columns, TableEngine engine, List<String> sortingKey, Optional<String> partitionBy) {
    public static final String SYNCED_AT = "_peerdb_synced_at";
    public static final String IS_DELETED = "_peerdb_is_deleted";
    public static final String VERSION = "_peerdb_version";

    /** ClickPipes' metadata columns, in the order in which rows end with them. */
    public static final List<TargetColumn> METADATA = List.of(
            new TargetColumn(SYNCED_AT, "DateTime64(9)"),
            new TargetColumn(IS_DELETED, "UInt8"),
            new TargetColumn(VERSION, "UInt64"));

    public TableDefinition {
        columns = List.copyOf(columns);
        sortingKey = List.copyOf(sortingKey);
    }

    /**
     * The columns that a load sends, quoted, in their order: the given ones and the version. The time of the sync and
     * the mark of deletion have defaults that fit, and a server that fills them in need not read them in every row.
     */
    public String loadedColumns() {
        List<String> names =
                new ArrayList<>(columns.stream().map(TargetColumn::name).toList());
        names.add(VERSION);
        return TargetSql.quoteAll(names);
    }

    /** The statement that creates it, with nothing from another table. */
    public String createSql(String database, String table, String comment) {
        return createSql(database, table, comment, EngineTraits.NONE);
    }

    /** The statement that creates it in the place of another table. */
    public String createSql(String database, String table, String comment, EngineTraits traits) {
        List<TargetColumn> all = new ArrayList<>(columns);
        all.addAll(METADATA);
        String columnList = all.stream()
                .map(c -> "    " + TargetSql.quote(c.name()) + " " + c.type()
                        + (c.name().equals(SYNCED_AT) ? " DEFAULT now64()" : ""))
                .collect(Collectors.joining(",\n"));
        StringBuilder sql = new StringBuilder("CREATE TABLE ")
                .append(TargetSql.quote(database, table))
                .append("\n(\n")
                .append(columnList)
                .append("\n)\nENGINE = ")
                .append(traits.engine(engine));
        if (engine != TableEngine.NULL) {
            partitionBy.ifPresent(expression -> sql.append("\nPARTITION BY ").append(expression));
            traits.primaryKey().ifPresent(key -> sql.append("\nPRIMARY KEY ").append(key));
            sql.append("\nORDER BY ").append(orderBy());
            traits.sampleBy().ifPresent(key -> sql.append("\nSAMPLE BY ").append(key));
            sql.append("\nSETTINGS ").append(traits.settings());
        }
        return sql.append("\nCOMMENT ").append(TargetSql.literal(comment)).toString();
    }

    private String orderBy() {
        return switch (sortingKey.size()) {
            case 0 -> "tuple()";
            case 1 -> TargetSql.quote(sortingKey.get(0));
            default -> "(" + TargetSql.quoteAll(sortingKey) + ")";
        };
    }
}
