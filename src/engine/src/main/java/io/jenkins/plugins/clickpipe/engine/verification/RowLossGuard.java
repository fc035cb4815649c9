package io.jenkins.plugins.clickpipe.engine.verification;

import io.jenkins.plugins.clickpipe.engine.load.TableLoad;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.Kind;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TableDefinition;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Stops a swap that would take most rows away from readers: a source that was emptied by mistake, or the wrong one.
 * A table is compared with the rows of its last load or the live rows of its original, whichever are more. A table
 * without either is new and passes.
 */
public final class RowLossGuard {
    /** A loss of fewer rows is ordinary work on a small table. */
    private static final long FEW_ROWS = 100;

    private final ClickHouse clickHouse;
    private final int maxLossPercent;

    /** @param maxLossPercent 0 to 100; 100 allows every loss */
    public RowLossGuard(ClickHouse clickHouse, int maxLossPercent) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.maxLossPercent = maxLossPercent;
    }

    /**
     * Gives each table that had rows before its check.
     *
     * @param lastLoad rows by destination table, of the last load that was swapped in
     * @param targets the tables of the destination as they were before this load, by name
     */
    public void check(List<TableLoad> tables, Map<String, Long> lastLoad, Map<String, TargetTable> targets) {
        for (TableLoad table : tables) {
            String target = table.mapping().target();
            if (CountVerification.keepsRows(table) && table.isSettled()) {
                check(table, lastLoad.getOrDefault(target, 0L), targets.get(target));
            }
        }
    }

    private void check(TableLoad table, long lastLoad, TargetTable original) {
        long now = table.progress().rows();
        long before = Math.max(lastLoad, original == null ? 0 : liveRows(original, now));
        if (before == 0) {
            return;
        }
        String figures = HumanUnits.count(now, "row") + " loaded, " + HumanUnits.count(before) + " before";
        if (!isTooMuch(before, now)) {
            table.progress().checked(VerificationCheck.of(Kind.ROW_LOSS, Verification.PASSED, figures));
            return;
        }
        long lost = 100 - 100 * now / before;
        table.progress()
                .checked(VerificationCheck.of(
                        Kind.ROW_LOSS,
                        Verification.FAILED,
                        figures + ": " + lost + " % are gone, and maxRowLossPercent allows " + maxLossPercent
                                + " %; count the rows of "
                                + table.mapping().source().qualifiedName()
                                + " on the source, and only if the others are meant to be gone, resync with --set"
                                + " maxRowLossPercent=" + lost));
    }

    private boolean isTooMuch(long before, long now) {
        long lost = before - now;
        return lost >= FEW_ROWS && lost * 100.0 > (double) before * maxLossPercent;
    }

    /** What readers see. The parts' row count is no less and costs nothing, so it is asked first. */
    private long liveRows(TargetTable original, long now) {
        if (!isTooMuch(original.rows(), now)) {
            return original.rows();
        }
        return clickHouse
                .value("SELECT count() FROM " + TargetSql.quote(clickHouse.database(), original.name())
                        + (original.engine().endsWith("ReplacingMergeTree") ? " FINAL" : "")
                        + (original.hasColumn(TableDefinition.IS_DELETED)
                                ? " WHERE " + TargetSql.quote(TableDefinition.IS_DELETED) + " = 0"
                                : ""))
                .asLong();
    }
}
