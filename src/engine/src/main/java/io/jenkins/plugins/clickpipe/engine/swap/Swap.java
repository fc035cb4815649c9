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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges every {@code _resync} table with its original, or every kept previous table with the one in its place.
 * Each step first looks at which UUID stands under which name, so the swap may be repeated after a crash at any point
 * and ends in the same state; a statement whose outcome is unknown is judged by looking again, never by sending it
 * again unseen.
 *
 * <p>It goes forward until every table is in place. When a step cannot succeed it takes all tables back. What becomes
 * of the outgoing tables ({@link OutgoingTables}) comes after that. When neither way can be gone to its end, the fault
 * says which tables readers have ({@link Mixture}), and the next command goes on.
 */
public final class Swap {
    private static final Logger LOG = LoggerFactory.getLogger(Swap.class);
    static final int ATTEMPTS = 5;

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

    /** A swap that could be neither completed nor taken back for now; its message says which tables readers have. */
    public static final class SwapUnfinishedException extends EngineException {
        private static final long serialVersionUID = 1L;

        SwapUnfinishedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Where the two tables of a step are. */
    private enum Position {
        BEFORE,
        AFTER,
        /** The outgoing table was dropped or given another name after the exchange. */
        DONE,
        /** The outgoing table is in its place, the incoming one is gone. */
        INCOMING_LOST,
        UNKNOWN
    }

    /**
     * Swaps all tables of a new plan, and drops or keeps the outgoing ones.
     *
     * @throws EngineException when a table is not where the plan has seen it; then nothing was swapped
     * @throws SwapTakenBackException when one could not be swapped, and all are back
     */
    public void run(SwapPlan plan) {
        for (Step step : plan.steps()) {
            if (position(step) != Position.BEFORE) {
                throw new EngineException("Table " + step.table() + " or " + step.other()
                        + " is not the one this run has seen: somebody changed it. Nothing was swapped; "
                        + (plan.kind() == SwapPlan.Kind.SWAP ? "resync" : "look at both, then roll back") + " again.");
            }
        }
        refuseTakenNames(plan);
        journal.append(EntryKind.SWAP_PLANNED, plan.toJson());
        go(plan, false);
    }

    private void refuseTakenNames(SwapPlan plan) {
        Set<String> names = plan.steps().stream()
                .flatMap(step -> step.previousTable().filter(name -> !name.equals(step.other())).stream())
                .collect(Collectors.toCollection(HashSet::new));
        Set<String> taken = catalog.uuids(names).keySet();
        if (!taken.isEmpty()) {
            throw new EngineException("Table " + String.join(", ", taken)
                    + " exists and is not this pipe's, so the previous table cannot be kept under that name. Nothing"
                    + " was swapped; rename it and resync again.");
        }
    }

    /** Completes a swap that an earlier process began, in the direction it had taken. Returns whether it went forward. */
    public boolean recover(PendingSwap pending) {
        go(SwapPlan.fromJson(pending.plan()), pending.back());
        return !pending.back();
    }

    private void go(SwapPlan plan, boolean back) {
        try {
            if (back) {
                back(plan);
            } else {
                forward(plan);
            }
        } catch (SwapTakenBackException e) {
            throw e;
        } catch (EngineException e) {
            if (e instanceof TargetException fault && fault.isTransient()) {
                throw e;
            }
            throw new SwapUnfinishedException(unfinished(plan, e), e);
        }
    }

    private String unfinished(SwapPlan plan, EngineException fault) {
        boolean swap = plan.kind() == SwapPlan.Kind.SWAP;
        return "The " + (swap ? "swap" : "rollback") + " stands half way. "
                + Mixture.of(catalog, plan).sentence() + " " + fault.getMessage()
                + " Remove the cause and run " + (swap ? "sync or resync" : "rollback")
                + ": the next command goes on where it stands, before it does anything else.";
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
            try {
                back(plan);
            } catch (EngineException alsoBack) {
                alsoBack.addSuppressed(e);
                throw alsoBack;
            }
            throw new SwapTakenBackException(
                    "The swap could not be completed, so all tables were taken back; readers see the originals as"
                            + " before. " + e.getMessage(),
                    e);
        }
        List<Step> refused = new OutgoingTables(clickHouse, journal).settle(plan);
        journal.append(EntryKind.SWAP_DONE, Journal.object().put("direction", "forward"));
        // Named as ours, so that the next resync may replace it.
        refused.forEach(step -> journal.append(
                EntryKind.RESYNC_TABLE,
                step.table(),
                Journal.object()
                        .put("table", step.other())
                        .put("uuid", step.outgoingUuid().orElseThrow().toString())));
    }

    /** A table that cannot be taken back does not keep the others from it. */
    private void back(SwapPlan plan) {
        EngineException first = null;
        for (int i = plan.steps().size() - 1; i >= 0; i--) {
            try {
                reach(plan.steps().get(i), Position.BEFORE);
            } catch (EngineException e) {
                if (e instanceof TargetException fault && fault.isTransient()) {
                    throw e;
                }
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
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
                throw new EngineException("Table " + step.table() + " or " + step.other()
                        + " is neither where the swap began nor where it ends: somebody changed it during the swap."
                        + " Compare their UUIDs with the journal's newest SWAP_PLANNED entry.");
            }
            try {
                clickHouse.execute(statement(step, wanted));
                LOG.info("swapped {} ({})", step.table(), wanted == Position.AFTER ? "done" : "taken back");
            } catch (TargetException e) {
                if (!e.isTransient() || attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.warn("the outcome of the swap of {} is unknown, looking: {}", step.table(), e.getMessage());
            }
        }
    }

    /** What readers see counts: the outgoing table may be gone after the swap, the incoming one before it. */
    private static boolean satisfies(Position position, Position wanted) {
        return wanted == Position.AFTER ? position == Position.DONE : position == Position.INCOMING_LOST;
    }

    private String statement(Step step, Position wanted) {
        String table = TargetSql.quote(clickHouse.database(), step.table());
        String other = TargetSql.quote(clickHouse.database(), step.other());
        if (step.outgoing().isPresent() && step.incoming().isPresent()) {
            return "EXCHANGE TABLES " + table + " AND " + other;
        }
        boolean toPlace = step.incoming().isPresent() == (wanted == Position.AFTER);
        return toPlace ? "RENAME TABLE " + other + " TO " + table : "RENAME TABLE " + table + " TO " + other;
    }

    private Position position(Step step) {
        Map<String, UUID> uuids = catalog.uuids(Set.of(step.table(), step.other()));
        Optional<UUID> inPlace = Optional.ofNullable(uuids.get(step.table()));
        Optional<UUID> aside = Optional.ofNullable(uuids.get(step.other()));
        if (step.incomingUuid().equals(aside) && step.outgoingUuid().equals(inPlace)) {
            return Position.BEFORE;
        }
        if (step.incomingUuid().equals(inPlace) && step.outgoingUuid().equals(aside)) {
            return Position.AFTER;
        }
        if (step.incoming().isPresent() && step.incomingUuid().equals(inPlace) && aside.isEmpty()) {
            return Position.DONE;
        }
        if (step.outgoingUuid().equals(inPlace) && aside.isEmpty()) {
            return Position.INCOMING_LOST;
        }
        return Position.UNKNOWN;
    }
}
