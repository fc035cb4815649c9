package io.jenkins.plugins.clickpipe.engine.swap;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.Kept;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.KeptTable;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Step;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the tables that readers no longer have: dropped, or kept under a name and comment that tell whose
 * they are, and dropped when their time is over. Only a table whose UUID the journal names is touched, and each
 * statement may be repeated.
 */
public final class OutgoingTables {
    private static final Logger LOG = LoggerFactory.getLogger(OutgoingTables.class);

    private final ClickHouse clickHouse;
    private final TargetCatalog catalog;
    private final Journal journal;

    public OutgoingTables(ClickHouse clickHouse, Journal journal) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.catalog = new TargetCatalog(clickHouse);
        this.journal = Objects.requireNonNull(journal);
    }

    /** The comment of a kept table. */
    static String comment(String pipe, String generation) {
        return "ClickPipe Resync: pipe " + pipe + ", previous table, put aside by run " + generation;
    }

    /**
     * Drops or keeps the outgoing tables of a plan whose tables are all in place.
     *
     * @return the steps whose outgoing table the server refuses to drop; readers have the new one all the same
     */
    List<Step> settle(SwapPlan plan) {
        if (plan.keep().isEmpty()) {
            return plan.steps().stream().filter(step -> !dropOutgoing(step)).toList();
        }
        String mark = comment(journal.pipe(), plan.keep().get().generation());
        for (Step step : plan.steps()) {
            step.outgoing().ifPresent(table -> {
                String name = step.previousTable().orElseThrow();
                rename(step.other(), name, table.uuid());
                remark(name, table.uuid(), mark);
            });
            step.incoming().ifPresent(table -> remark(step.table(), table.uuid(), table.comment()));
        }
        return List.of();
    }

    private boolean dropOutgoing(Step step) {
        Optional<UUID> uuid = step.outgoingUuid();
        if (uuid.isEmpty()) {
            return true;
        }
        try {
            drop(step.other(), uuid.get());
            return true;
        } catch (TargetException e) {
            if (e.isTransient()) {
                throw e;
            }
            LOG.warn("the old {} stays as {}: {}", step.table(), step.other(), e.getMessage());
            return false;
        }
    }

    private void rename(String from, String to, UUID uuid) {
        until(
                () -> !stands(from, uuid) || from.equals(to),
                "RENAME TABLE " + TargetSql.quote(clickHouse.database(), from) + " TO "
                        + TargetSql.quote(clickHouse.database(), to));
    }

    private void remark(String name, UUID uuid, String comment) {
        until(
                () -> {
                    Optional<TargetTable> table =
                            catalog.table(name).filter(t -> t.uuid().equals(uuid));
                    return table.isEmpty() || table.get().comment().equals(comment);
                },
                "ALTER TABLE " + TargetSql.quote(clickHouse.database(), name) + " MODIFY COMMENT "
                        + TargetSql.literal(comment));
    }

    private boolean stands(String name, UUID uuid) {
        return uuid.equals(catalog.uuids(Set.of(name)).get(name));
    }

    private void drop(String name, UUID uuid) {
        until(
                () -> !stands(name, uuid),
                "DROP TABLE " + TargetSql.quote(clickHouse.database(), name) + " SYNC",
                Map.of("max_table_size_to_drop", "0", "max_partition_size_to_drop", "0"));
    }

    private void until(BooleanSupplier done, String sql) {
        until(done, sql, Map.of());
    }

    /** Looks, runs the statement where it is still to do, and looks again when its outcome is unknown. */
    private void until(BooleanSupplier done, String sql, Map<String, String> settings) {
        for (int attempt = 1; !done.getAsBoolean(); attempt++) {
            if (attempt > Swap.ATTEMPTS) {
                throw new EngineException("ClickHouse accepts a statement that then has no effect: " + sql);
            }
            try {
                clickHouse.execute(sql, settings);
            } catch (TargetException e) {
                if (!e.isTransient() || attempt == Swap.ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Drops kept generations and notes it in the journal; a crash in between is made good by the next call. */
    public void drop(List<Kept> generations) {
        for (Kept generation : generations) {
            List<String> dropped = new ArrayList<>();
            for (KeptTable table : generation.tables()) {
                if (table.uuid().isPresent()) {
                    drop(table.name(), table.uuid().get());
                    dropped.add(table.name());
                }
            }
            journal.append(EntryKind.PREVIOUS_DROPPED, "generation", generation.id());
            LOG.info(
                    "dropped the previous tables put aside by run {}: {}", generation.id(), String.join(", ", dropped));
        }
    }
}
