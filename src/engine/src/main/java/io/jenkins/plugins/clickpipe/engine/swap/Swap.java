package io.jenkins.plugins.clickpipe.engine.swap;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState.PendingSwap;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Step;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges every {@code _resync} table with its original. Each step first looks at which UUID stands under which
 * name, so the swap may be repeated after a crash at any point and ends in the same state; a statement whose outcome
 * is unknown is judged by looking again, never by sending it again unseen.
 *
 * <p>It goes forward until every table is in place. When a step cannot succeed it takes all tables back.
 */
public final class Swap {
    private static final Logger LOG = LoggerFactory.getLogger(Swap.class);
    private static final int ATTEMPTS = 5;

    private final ClickHouse clickHouse;
    private final TargetCatalog catalog;
    private final Journal journal;

    public Swap(ClickHouse clickHouse, Journal journal) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.catalog = new TargetCatalog(clickHouse);
        this.journal = Objects.requireNonNull(journal);
    }

    /** A swap that could not be completed; all tables are back where they were. */
    public static final class SwapTakenBackException extends EngineException {
        private static final long serialVersionUID = 1L;

        SwapTakenBackException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Where the two tables of a step are. */
    private enum Position {
        BEFORE,
        AFTER,
        /** The old table was dropped after the exchange. */
        DONE,
        /** The original is in its place, the new table is gone. */
        RESYNC_TABLE_LOST,
        UNKNOWN
    }

    /**
     * Swaps all tables of a new plan and drops the old ones.
     *
     * @throws SwapTakenBackException when one could not be swapped, and all are back
     */
    public void run(SwapPlan plan) {
        for (Step step : plan.steps()) {
            if (position(step) != Position.BEFORE) {
                throw new EngineException("Table " + step.table() + " or " + step.resyncTable()
                        + " is not the one this run has seen: somebody changed it. Nothing was swapped; resync again.");
            }
        }
        journal.append(EntryKind.SWAP_PLANNED, plan.toJson());
        forward(plan);
    }

    /** Completes a swap that an earlier process began, in the direction it had taken. Returns whether it went forward. */
    public boolean recover(PendingSwap pending) {
        SwapPlan plan = SwapPlan.fromJson(pending.plan());
        if (pending.back()) {
            back(plan);
            return false;
        }
        forward(plan);
        return true;
    }

    private void forward(SwapPlan plan) {
        try {
            for (Step step : plan.steps()) {
                reach(step, Position.AFTER);
            }
        } catch (EngineException e) {
            if (e instanceof TargetException fault && fault.isTransient()) {
                throw e;
            }
            journal.append(EntryKind.SWAP_DIRECTION, "direction", "back");
            back(plan);
            throw new SwapTakenBackException(
                    "The swap could not be completed, so all tables were taken back; readers see the originals as"
                            + " before. " + e.getMessage(),
                    e);
        }
        List<Step> kept = plan.steps().stream().filter(step -> !dropOld(step)).toList();
        journal.append(EntryKind.SWAP_DONE, Journal.object().put("direction", "forward"));
        // Named as ours, so that the next resync may replace it.
        kept.forEach(step -> journal.append(
                EntryKind.RESYNC_TABLE,
                step.table(),
                Journal.object()
                        .put("table", step.resyncTable())
                        .put("uuid", step.original().orElseThrow().toString())));
    }

    private void back(SwapPlan plan) {
        for (int i = plan.steps().size() - 1; i >= 0; i--) {
            reach(plan.steps().get(i), Position.BEFORE);
        }
        journal.append(EntryKind.SWAP_DONE, Journal.object().put("direction", "back"));
    }

    private void reach(Step step, Position wanted) {
        for (int attempt = 1; ; attempt++) {
            Position position = position(step);
            if (position == wanted || satisfies(position, wanted)) {
                return;
            }
            if (position != Position.BEFORE && position != Position.AFTER) {
                throw new EngineException("Table " + step.table() + " or " + step.resyncTable()
                        + " is neither where the swap began nor where it ends: somebody changed it during the swap."
                        + " Compare their UUIDs with the journal's newest SWAP_PLANNED entry.");
            }
            try {
                clickHouse.execute(statement(step, wanted));
                LOG.info("swapped {} ({})", step.table(), wanted == Position.AFTER ? "new" : "taken back");
            } catch (TargetException e) {
                if (!e.isTransient() || attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.warn("the outcome of the swap of {} is unknown, looking: {}", step.table(), e.getMessage());
            }
        }
    }

    /** What readers see counts: the old table may be gone after the swap, the new one before it. */
    private static boolean satisfies(Position position, Position wanted) {
        return wanted == Position.AFTER ? position == Position.DONE : position == Position.RESYNC_TABLE_LOST;
    }

    private String statement(Step step, Position wanted) {
        String table = TargetSql.quote(clickHouse.database(), step.table());
        String resync = TargetSql.quote(clickHouse.database(), step.resyncTable());
        if (step.original().isPresent()) {
            return "EXCHANGE TABLES " + table + " AND " + resync;
        }
        return wanted == Position.AFTER
                ? "RENAME TABLE " + resync + " TO " + table
                : "RENAME TABLE " + table + " TO " + resync;
    }

    private Position position(Step step) {
        Map<String, UUID> uuids = catalog.uuids(Set.of(step.table(), step.resyncTable()));
        UUID underTable = uuids.get(step.table());
        UUID underResync = uuids.get(step.resyncTable());
        UUID original = step.original().orElse(null);
        if (step.resync().equals(underResync) && Objects.equals(original, underTable)) {
            return Position.BEFORE;
        }
        if (step.resync().equals(underTable) && Objects.equals(original, underResync)) {
            return Position.AFTER;
        }
        if (step.resync().equals(underTable) && underResync == null) {
            return Position.DONE;
        }
        if (Objects.equals(original, underTable) && underResync == null) {
            return Position.RESYNC_TABLE_LOST;
        }
        return Position.UNKNOWN;
    }

    /** Returns false when the server refuses to drop the old table; readers have the new one all the same. */
    private boolean dropOld(Step step) {
        for (int attempt = 1; step.original().isPresent() && position(step) == Position.AFTER; attempt++) {
            try {
                clickHouse.execute(
                        "DROP TABLE " + TargetSql.quote(clickHouse.database(), step.resyncTable()) + " SYNC",
                        Map.of("max_table_size_to_drop", "0", "max_partition_size_to_drop", "0"));
            } catch (TargetException e) {
                if (!e.isTransient()) {
                    LOG.warn("the old {} stays as {}: {}", step.table(), step.resyncTable(), e.getMessage());
                    return false;
                }
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
        return true;
    }
}
