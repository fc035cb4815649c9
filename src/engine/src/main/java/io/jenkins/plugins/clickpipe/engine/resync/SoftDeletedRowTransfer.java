package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.mapping.MappedColumn;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TableDefinition;
import io.jenkins.plugins.clickpipe.engine.target.TargetColumn;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries soft-deleted rows from an original table to its {@code _resync} table: those whose latest state is deleted
 * and whose key the new table does not have. Their version becomes at most one below the snapshot's, so that a version of another
 * clock (PeerDB counts nanoseconds) cannot hide what happens to the key later.
 */
final class SoftDeletedRowTransfer {
    private static final Logger LOG = LoggerFactory.getLogger(SoftDeletedRowTransfer.class);

    /**
     * 1 new table, 2 its columns, 3 the original's values for them, 4 time of the row, 5 highest version, 6 original,
     * 7 key tuple, 8 key columns, 9 key tuple in the new table's types, 10 the original's mark of deletion, 11 its
     * version. Only keys that have a tombstone are sorted and
     * looked up, so the cost follows the tombstones, not the table.
     */
    private static final String TRANSFER =
            """
            INSERT INTO %1$s (%2$s, _peerdb_synced_at, _peerdb_is_deleted, _peerdb_version)
            SELECT %3$s, %4$s, 1, least(toUInt64(%11$s), toUInt64(%5$s))
              FROM (SELECT *
                      FROM %6$s
                     WHERE %7$s IN (SELECT %7$s FROM %6$s WHERE %10$s = 1)
                     ORDER BY %11$s DESC, %10$s DESC
                     LIMIT 1 BY %8$s)
             WHERE %10$s = 1
               AND %9$s NOT IN (SELECT %7$s FROM %1$s
                                 WHERE %7$s IN (SELECT %9$s FROM %6$s WHERE %10$s = 1))""";

    private final ClickHouse clickHouse;

    SoftDeletedRowTransfer(ClickHouse clickHouse) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
    }

    /**
     * Transfers one table's rows and returns how many.
     *
     * @param snapshotVersion of the rows that were loaded
     * @param token deduplicates the statement when it is sent again
     */
    long transfer(TableMapping mapping, TargetTable original, long snapshotVersion, String token) {
        Optional<String> mark = mark(mapping, original);
        if (mark.isEmpty() || !original.hasColumn(TableDefinition.VERSION)) {
            LOG.warn(
                    "{} has no {} column: no soft-deleted rows to transfer",
                    mapping.target(),
                    mark.isEmpty() ? TableDefinition.IS_DELETED : TableDefinition.VERSION);
            return 0;
        }
        List<String> key = mapping.identity();
        if (key.isEmpty() || !key.stream().allMatch(original::hasColumn)) {
            LOG.warn(
                    "{}: soft-deleted rows cannot be transferred, since the original table lacks the key ({})",
                    mapping.target(),
                    key.isEmpty() ? "the source has none" : String.join(", ", key));
            return 0;
        }
        String resync = TargetSql.quote(clickHouse.database(), mapping.resyncTarget());
        clickHouse.executeWithToken(
                sql(mapping, original, snapshotVersion),
                token,
                Map.of("transform_null_in", "1", "max_bytes_before_external_sort", "1000000000"));
        return clickHouse
                .value("SELECT count() FROM " + resync + " WHERE " + TargetSql.quote(TableDefinition.IS_DELETED)
                        + " = 1")
                .asLong();
    }

    private static Optional<String> mark(TableMapping mapping, TargetTable original) {
        return original.hasColumn(TableDefinition.IS_DELETED)
                ? Optional.of(TableDefinition.IS_DELETED)
                : new OriginalColumns(original, mapping)
                        .softDeletedUnderAnotherName()
                        .map(TargetColumn::name);
    }

    private String sql(TableMapping mapping, TargetTable original, long snapshotVersion) {
        List<MappedColumn> common = mapping.columns().stream()
                .filter(column -> original.hasColumn(column.name()))
                .toList();
        String key = "tuple(" + TargetSql.quoteAll(mapping.identity()) + ")";
        String newKey = common.stream()
                .filter(column -> mapping.identity().contains(column.name()))
                .sorted(Comparator.comparing(column -> mapping.identity().indexOf(column.name())))
                .map(column -> expression(column, original))
                .collect(Collectors.joining(", ", "tuple(", ")"));
        return TRANSFER.formatted(
                TargetSql.quote(clickHouse.database(), mapping.resyncTarget()),
                TargetSql.quoteAll(common.stream().map(MappedColumn::name).toList()),
                common.stream().map(column -> expression(column, original)).collect(Collectors.joining(", ")),
                original.hasColumn(TableDefinition.SYNCED_AT) ? "_peerdb_synced_at" : "now64(9)",
                Long.toUnsignedString(snapshotVersion - 1),
                TargetSql.quote(clickHouse.database(), mapping.target()),
                key,
                TargetSql.quoteAll(mapping.identity()),
                newKey,
                TargetSql.quote(mark(mapping, original).orElseThrow()),
                TargetSql.quote(TableDefinition.VERSION));
    }

    /** A column of the original in the new table's type; what the new type cannot hold becomes NULL or its default. */
    private static String expression(MappedColumn column, TargetTable original) {
        String name = TargetSql.quote(column.name());
        String type = column.mapping().clickHouseType();
        boolean same = original.columns().stream()
                .anyMatch(c -> c.name().equals(column.name()) && c.type().equals(type));
        if (same) {
            return name;
        }
        if (type.matches("^(Array|Map|Tuple|LowCardinality)\\(.*")) {
            return "CAST(" + name + ", " + TargetSql.literal(type) + ")";
        }
        if (type.startsWith("Nullable(")) {
            return "accurateCastOrNull(" + name + ", " + TargetSql.literal(type) + ")";
        }
        return "ifNull(accurateCastOrNull(" + name + ", " + TargetSql.literal("Nullable(" + type + ")")
                + "), defaultValueOfTypeName(" + TargetSql.literal(type) + "))";
    }
}
