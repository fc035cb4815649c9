package io.jenkins.plugins.clickpipe.engine.verification;

import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.load.TableLoad;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.source.RelationMovedException;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.Kind;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;

/** Compares each table's row count in the snapshot with the plain {@code count()} of live rows that were loaded. */
public final class CountVerification {
    private final ClickHouse clickHouse;

    public CountVerification(ClickHouse clickHouse) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
    }

    /** Each table gets its check, or is found to have moved. */
    public void verify(List<TableLoad> tables, SnapshotReaders readers) throws InterruptedException {
        Map<TableLoad, List<Future<Long>>> asked = new LinkedHashMap<>();
        for (TableLoad table : tables) {
            asked.put(table, keepsRows(table) ? ask(table, readers) : List.of());
        }
        for (TableLoad table : tables) {
            if (!keepsRows(table)) {
                table.progress().checked(uncounted());
                continue;
            }
            try {
                long rows = 0;
                for (Future<Long> count : asked.get(table)) {
                    rows += readers.await(count);
                }
                table.progress().checked(compare(table, rows));
            } catch (RelationMovedException e) {
                table.progress().moved(e.how());
            }
        }
    }

    /** Each relation by itself, so that none is locked for longer than its own count. */
    private static List<Future<Long>> ask(TableLoad table, SnapshotReaders readers) {
        List<Future<Long>> counts = new ArrayList<>();
        for (Relation relation : table.mapping().source().relations()) {
            String sql = "SELECT count(*) FROM ONLY " + relation.quoted();
            counts.add(readers.read(table, relation, sql, sql, row -> row.getLong(1)));
        }
        return counts;
    }

    static boolean keepsRows(TableLoad table) {
        return table.mapping().engine() != TableEngine.NULL;
    }

    private static VerificationCheck uncounted() {
        return VerificationCheck.of(Kind.ROW_COUNTS, Verification.NOT_RUN, "a Null table keeps no rows to count");
    }

    private VerificationCheck compare(TableLoad table, long inSource) {
        long loaded = count(table.mapping(), "");
        String counts = HumanUnits.count(inSource) + " rows in the snapshot, " + HumanUnits.count(loaded) + " loaded";
        if (hasAlteredKey(table)) {
            long distinct = count(table.mapping(), " FINAL");
            if (distinct < inSource) {
                return VerificationCheck.of(
                        Kind.ROW_COUNTS,
                        Verification.FAILED,
                        counts + ", " + HumanUnits.count(distinct)
                                + " with different keys: values of the sorting key were"
                                + " altered, see the statistics, and some are now the same");
            }
        }
        return VerificationCheck.of(
                Kind.ROW_COUNTS, inSource == loaded ? Verification.PASSED : Verification.FAILED, counts);
    }

    /** Different keys that the destination type cannot hold may have become one. */
    private static boolean hasAlteredKey(TableLoad table) {
        return table.mapping().engine() == TableEngine.REPLACING_MERGE_TREE
                && table.mapping().sortingKey().stream()
                        .anyMatch(table.progress().statistics().alteredValues()::containsKey);
    }

    private long count(TableMapping mapping, String modifier) {
        return clickHouse
                .value("SELECT countIf(_peerdb_is_deleted = 0) FROM "
                        + TargetSql.quote(clickHouse.database(), mapping.resyncTarget())
                        + modifier)
                .asLong();
    }
}
