package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.Generations;
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
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the newest swap back: the tables that it has replaced change places with the ones in their place, all or none.
 * The tables that go are kept in turn, so a second rollback takes the first one back. Tables that an older swap has put
 * aside are never put in place.
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
        try (PipeLock lock = workspace.lock()) {
            Optional<Kind> completed = new Housekeeping(workspace, stop, lock.session()).run();
            PipeState state = PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
            if (!state.exists()) {
                throw new EngineException("Pipe " + workspace.pipe() + " does not exist.");
            }
            if (completed.filter(kind -> kind == Kind.ROLLBACK).isPresent()) {
                return StatusAfterSwap.of(state, Kind.ROLLBACK).sentence(workspace.pipe());
            }
            Kept generation = replaced(state.generations());
            Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
            journal.probe();
            SwapPlan plan = plan(generation, by);
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

    private Kept replaced(Generations generations) {
        return generations.rollback().orElseThrow(() -> new EngineException(nothingKept(generations)));
    }

    private String nothingKept(Generations generations) {
        String keeps = "a resync keeps what it replaces for the time of keepPreviousTables, which was over or not set";
        if (generations.kept().isEmpty()) {
            return "Pipe " + workspace.pipe() + " has no previous tables to go back to: " + keeps + ".";
        }
        String older = generations.kept().stream()
                .map(kept -> "run " + kept.id() + " has put aside "
                        + kept.tables().stream()
                                .filter(table -> table.uuid().isPresent())
                                .map(table -> table.table() + " as " + table.name())
                                .collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; "));
        return "The tables that run " + generations.newestSwap().orElse("") + " has replaced are not there any more: "
                + keeps + ". What is kept is older, and readers would get a mix of loads or one from before the last: "
                + older + ". Nothing was rolled back. Run resync to load the tables anew, or look at the older ones"
                + " under their names.";
    }

    private SwapPlan plan(Kept generation, String by) {
        Set<String> names = new HashSet<>();
        generation.tables().forEach(table -> {
            names.add(table.table());
            names.add(table.name());
        });
        TargetCatalog catalog = new TargetCatalog(workspace.target());
        Map<String, TargetTable> present = catalog.tables(names);
        List<Step> steps = new ArrayList<>();
        for (KeptTable table : generation.tables()) {
            refuseUnless(table.name(), table.uuid(), present);
            refuseUnless(table.table(), table.instead(), present);
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
        Instant until = catalog.now().plus(workspace.definition().settings().keepPreviousTables());
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
