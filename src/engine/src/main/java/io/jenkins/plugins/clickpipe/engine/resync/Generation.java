package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Keep;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Step;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Table;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.postgresql.replication.LogSequenceNumber;

/** The tables that a run has loaded, on their way into place. */
final class Generation {
    private final Workspace workspace;
    private final String run;

    Generation(Workspace workspace, String run) {
        this.workspace = Objects.requireNonNull(workspace);
        this.run = Objects.requireNonNull(run);
    }

    /**
     * How they get there, and what becomes of the tables in their place. Where there are none yet, nothing is kept.
     *
     * @param loaded by destination table, the UUID of its {@code _resync} table
     * @param seen the originals as the run has seen them at its start, by name: another table in their place is nobody's to
     *     drop
     * @param startsAt as in the plan
     * @throws EngineException when an original is not the one that the run has seen
     */
    SwapPlan swapPlan(
            List<TableMapping> mappings,
            Map<String, UUID> loaded,
            Map<String, TargetTable> seen,
            Optional<LogSequenceNumber> startsAt) {
        Duration keep = workspace.definition().settings().keepPreviousTables();
        Set<String> names = new HashSet<>();
        mappings.forEach(mapping -> {
            names.add(mapping.target());
            names.add(mapping.resyncTarget());
        });
        TargetCatalog catalog = new TargetCatalog(workspace.target());
        Map<String, TargetTable> present = catalog.tables(names);
        mappings.forEach(mapping -> refuseOther(mapping.target(), seen, present));
        Optional<Keep> kept =
                keep.isZero() || mappings.stream().map(TableMapping::target).noneMatch(present::containsKey)
                        ? Optional.empty()
                        : Optional.of(new Keep(run, catalog.now().plus(keep)));
        List<Step> steps = new ArrayList<>();
        for (TableMapping mapping : mappings) {
            String comment = Optional.ofNullable(present.get(mapping.resyncTarget()))
                    .map(TargetTable::comment)
                    .orElse("");
            steps.add(new Step(
                    mapping.target(),
                    mapping.resyncTarget(),
                    Optional.of(new Table(loaded.get(mapping.target()), comment)),
                    Optional.ofNullable(present.get(mapping.target())).map(t -> new Table(t.uuid(), t.comment())),
                    kept.map(k -> SwapPlan.previousName(mapping.target(), run))));
        }
        return new SwapPlan(SwapPlan.Kind.SWAP, steps, kept, startsAt, Optional.empty());
    }

    private static void refuseOther(String table, Map<String, TargetTable> seen, Map<String, TargetTable> present) {
        Optional<UUID> before = Optional.ofNullable(seen.get(table)).map(TargetTable::uuid);
        Optional<UUID> now = Optional.ofNullable(present.get(table)).map(TargetTable::uuid);
        if (!now.equals(before)) {
            throw new EngineException("Table " + table
                    + (before.isEmpty()
                            ? " was made by somebody while this run loaded"
                            : now.isEmpty()
                                    ? " was dropped or renamed by somebody while this run loaded"
                                    : " was replaced by somebody while this run loaded")
                    + ", so nothing was swapped: look at it, and rename it where it is to stay.");
        }
    }
}
