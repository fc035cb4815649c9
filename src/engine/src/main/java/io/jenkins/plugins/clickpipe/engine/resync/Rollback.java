package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.Kept;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.KeptTable;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.swap.Swap;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Keep;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Kind;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Step;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Table;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges the previous tables that were kept last with the ones in their place, all or none. The tables that go are
 * kept in turn, so a second rollback takes the first one back.
 */
public final class Rollback {
    private static final Logger LOG = LoggerFactory.getLogger(Rollback.class);

    private final Workspace workspace;
    private final StopSignal stop;

    public Rollback(Workspace workspace, StopSignal stop) {
        this.workspace = Objects.requireNonNull(workspace);
        this.stop = Objects.requireNonNull(stop);
    }

    /**
     * Does it, or completes one that was interrupted.
     *
     * @param by who wants it
     * @return how the pipe stands now, as a sentence
     * @throws EngineException when there is nothing to go back to, or the tables could not be exchanged
     */
    public String run(String by) {
        try (PipeLock lock = PipeLock.acquire(workspace.source(), workspace.pipe())) {
            Optional<Kind> completed = new Housekeeping(workspace, stop, lock.session()).run();
            PipeState state = PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
            if (!state.exists()) {
                throw new EngineException("Pipe " + workspace.pipe() + " does not exist.");
            }
            if (completed.filter(kind -> kind == Kind.ROLLBACK).isPresent()) {
                return StatusAfterSwap.of(state, Kind.ROLLBACK).sentence(workspace.pipe());
            }
            Kept generation = newest(state);
            Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
            SwapPlan plan = plan(generation, state, by);
            LOG.info(
                    "Rolling back: {} tables change places with those put aside by run {}.",
                    plan.steps().size(),
                    generation.id());
            stop.shield(() -> {
                new Swap(workspace.target(), journal).run(plan);
                StatusAfterSwap.of(journal.state(), Kind.ROLLBACK).append(journal);
            });
            return StatusAfterSwap.of(journal.state(), Kind.ROLLBACK).sentence(workspace.pipe());
        }
    }

    private Kept newest(PipeState state) {
        List<Kept> kept = state.generations().kept();
        if (kept.isEmpty()) {
            throw new EngineException("Pipe " + workspace.pipe() + " has no previous tables to go back to: a resync"
                    + " keeps them for the time of keepPreviousTables, which was over or not set.");
        }
        return kept.get(kept.size() - 1);
    }

    private SwapPlan plan(Kept generation, PipeState state, String by) {
        Set<String> names = new HashSet<>();
        generation.tables().forEach(table -> {
            names.add(table.table());
            names.add(table.name());
        });
        Map<String, TargetTable> present = new TargetCatalog(workspace.target()).tables(names);
        List<Step> steps = new ArrayList<>();
        for (KeptTable table : generation.tables()) {
            refuseUnless(table.name(), table.uuid(), present);
            refuseUnless(table.table(), state.generations().inPlace().get(table.table()), present);
            Optional<Table> outgoing =
                    Optional.ofNullable(present.get(table.table())).map(t -> new Table(t.uuid(), t.comment()));
            if (table.uuid().isEmpty() && outgoing.isEmpty()) {
                continue;
            }
            steps.add(new Step(
                    table.table(),
                    table.name(),
                    table.uuid().map(uuid -> new Table(uuid, table.comment().orElse(""))),
                    outgoing,
                    Optional.of(table.name())));
        }
        Instant until = workspace
                .clock()
                .instant()
                .plus(workspace.definition().settings().keepPreviousTables());
        Keep keep = new Keep(generation.id(), until.isAfter(generation.until()) ? until : generation.until());
        return new SwapPlan(Kind.ROLLBACK, steps, Optional.of(keep), Optional.empty(), Optional.of(by));
    }

    private static void refuseUnless(String name, Optional<UUID> wanted, Map<String, TargetTable> present) {
        if (!Optional.ofNullable(present.get(name)).map(TargetTable::uuid).equals(wanted)) {
            throw new EngineException("Table " + name + " is not the one that the pipe has left there: somebody dropped"
                    + " or replaced it. Nothing was rolled back, since all tables go back or none.");
        }
    }
}
