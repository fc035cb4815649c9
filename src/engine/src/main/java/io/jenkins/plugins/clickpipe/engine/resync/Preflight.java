package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.definition.TablePattern;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.source.TableState;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.postgresql.replication.LogSequenceNumber;

/** Looks at everything a run needs on both servers and changes nothing. */
public final class Preflight {
    private final Workspace workspace;
    private final Optional<TablePattern> only;
    private final boolean sourceMoved;

    /** @param only restricts the pipe's tables; empty means all */
    public Preflight(Workspace workspace, Optional<TablePattern> only) {
        this(workspace, only, false);
    }

    /** @param sourceMoved the pipe file may name another source than the pipe was made from */
    Preflight(Workspace workspace, Optional<TablePattern> only, boolean sourceMoved) {
        this.workspace = Objects.requireNonNull(workspace);
        this.only = Objects.requireNonNull(only);
        this.sourceMoved = sourceMoved;
    }

    /**
     * The findings, and, when none is a fault, what the work can start from.
     *
     * @param prepared empty when a finding is a fault
     */
    public record Result(List<Finding> findings, Optional<Prepared> prepared) {
        public Result {
            findings = List.copyOf(findings);
        }

        /**
         * What the work can start from.
         *
         * @throws EngineException naming every fault
         */
        public Prepared orRefuse() {
            return prepared.orElseThrow(() -> new EngineException(findings.stream()
                    .filter(f -> f.level() == Finding.Level.FAULT)
                    .map(f -> f.subject() + ": " + f.message())
                    .collect(Collectors.joining("\n  ", "Refused before anything was changed:\n  ", ""))));
        }
    }

    public Result run() {
        List<Finding> findings = new ArrayList<>();
        EngineException sourceFault = null;
        Connection connection = null;
        try {
            connection = workspace.source().connect();
        } catch (EngineException e) {
            findings.add(Finding.fault("source", e.getMessage()));
            sourceFault = e;
        }
        try {
            TargetCatalog targetCatalog = new TargetCatalog(workspace.target());
            TargetChecks targetChecks = new TargetChecks(workspace.target(), targetCatalog, findings);
            boolean targetUsable = target(targetChecks, findings);
            if (sourceFault != null || !targetUsable) {
                return new Result(findings, Optional.empty());
            }
            return look(connection, targetCatalog, targetChecks, findings);
        } finally {
            if (connection != null) {
                workspace.source().release(connection);
            }
        }
    }

    private static boolean target(TargetChecks checks, List<Finding> findings) {
        try {
            return checks.server();
        } catch (EngineException e) {
            findings.add(Finding.fault("target", e.getMessage()));
            return false;
        }
    }

    private Result look(
            Connection connection, TargetCatalog targetCatalog, TargetChecks targetChecks, List<Finding> findings) {
        SourceCatalog catalog = new SourceCatalog(connection);
        Settings settings = workspace.definition().settings();
        SourceChecks sourceChecks = new SourceChecks(connection, catalog, settings, findings);
        int version = catalog.serverVersion();
        PipeState state = PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
        Optional<Ownership.Difference> difference = new Ownership(workspace, connection)
                .difference(state)
                .filter(other -> !(sourceMoved && other.kind() == Ownership.Kind.OTHER_SOURCE));
        difference.ifPresent(other ->
                findings.add(Finding.fault("pipe " + workspace.pipe(), other.sentence() + " " + other.wayOut())));
        sourceChecks.server(version);
        sourceChecks.connections();
        sourceChecks.slots(state, only.isPresent() || settings.keepOriginalLive());
        if (only.isPresent() && state.exists() && state.ignoredOperations() != settings.ignoredOperations()) {
            findings.add(Finding.fault(
                    "ignoredOperations",
                    "is another one than at the last resync, and the tables that are not loaded now would keep what it"
                            + " was; resync the whole pipe"));
        }
        boolean time64 = targetCatalog.hasTime64();
        Map<TableName, TableState> states = states(connection, catalog);
        new RuleChecks(catalog, findings).check(workspace.definition().tables());
        List<TableMapping> mappings = mappings(catalog, sourceChecks, time64, findings);
        sourceChecks.publication(workspace.pipe(), mappings);
        if (settings.replicationMode() != Settings.ReplicationMode.SNAPSHOT
                && Publications.isOurs(settings)
                && difference.isEmpty()) {
            new Publications(workspace, connection)
                    .foreign(state)
                    .ifPresent(why -> findings.add(Finding.fault("publication", why)));
        }
        targetChecks.privileges(mappings.stream().map(TableMapping::engine).collect(Collectors.toSet()));
        Set<String> names = new HashSet<>();
        mappings.forEach(m -> {
            names.add(m.target());
            names.add(m.resyncTarget());
        });
        Map<String, TargetTable> targets = targetCatalog.tables(names);
        names.add(Journal.TABLE);
        targetChecks.policies(names);
        targetChecks.tables(mappings, targets, state, workspace.pipe());
        refuseTablesOfOthers(mappings, targets, state, findings);
        if (!settings.keepPreviousTables().isZero()) {
            targetChecks.previousTables(mappings, workspace.run());
        }
        if (settings.replicationMode() == Settings.ReplicationMode.CDC_ONLY) {
            targetChecks.takeChanges(
                    mappings, targets, LogSequenceNumber.valueOf(catalog.value(SourceSql.CURRENT_WAL)));
        } else {
            targetChecks.disk(mappings);
            new OriginalChecks(workspace.target(), findings).check(mappings, targets, targetCatalog);
        }
        boolean faulty = findings.stream().anyMatch(f -> f.level() == Finding.Level.FAULT);
        if (faulty) {
            return new Result(findings, Optional.empty());
        }
        List<SourceTable> published = published(catalog, mappings, time64, state);
        return new Result(findings, Optional.of(new Prepared(version, mappings, states, published, targets, state)));
    }

    /** Read before everything else that is read of the tables, so that what changes meanwhile shows. */
    private Map<TableName, TableState> states(Connection connection, SourceCatalog catalog) {
        return TableState.read(connection, PipeTables.names(workspace.definition(), catalog, only));
    }

    /**
     * Looks again at some of the tables of a run, which have changed since.
     *
     * @param targets names of their destination tables
     * @throws EngineException naming what stands against loading them
     */
    Prepared again(Prepared before, Set<String> targets) {
        Connection connection = workspace.source().connect();
        try {
            List<Finding> findings = new ArrayList<>();
            SourceCatalog catalog = SourceCatalog.withoutMeasuring(connection);
            SourceChecks checks =
                    new SourceChecks(connection, catalog, workspace.definition().settings(), findings);
            boolean time64 = new TargetCatalog(workspace.target()).hasTime64();
            Map<TableName, TableState> states = states(connection, catalog);
            PipeTables tables = PipeTables.readMeasuring(targets, workspace.definition(), connection, only, time64);
            List<TableMapping> mappings = tables.mappings().stream()
                    .filter(mapping -> targets.contains(mapping.target()))
                    .toList();
            for (TableMapping mapping : mappings) {
                Optional.ofNullable(tables.refused().get(mapping.target()))
                        .ifPresent(fault ->
                                findings.add(Finding.fault(mapping.source().qualifiedName(), fault)));
                checks.table(mapping.source());
            }
            checks.publication(workspace.pipe(), mappings);
            Set<String> gone = new TreeSet<>(targets);
            mappings.forEach(mapping -> gone.remove(mapping.target()));
            gone.forEach(target -> findings.add(Finding.fault(
                    target, "the source has no table for it any more: it was dropped, renamed or made unfit")));
            Set<String> ofRun =
                    before.tables().stream().map(TableMapping::target).collect(Collectors.toSet());
            List<TableMapping> known = tables.mappings().stream()
                    .filter(mapping -> ofRun.contains(mapping.target()))
                    .toList();
            refuse(findings, "What was changed on the source during the load stands against it:\n  ");
            return new Prepared(
                    before.serverVersion(),
                    mappings,
                    states,
                    published(catalog, known, time64, before.state()),
                    before.targets(),
                    before.state());
        } finally {
            workspace.source().release(connection);
        }
    }

    private static void refuse(List<Finding> findings, String beginning) {
        String faults = findings.stream()
                .filter(f -> f.level() == Finding.Level.FAULT)
                .map(f -> f.subject() + ": " + f.message())
                .collect(Collectors.joining("\n  "));
        if (!faults.isEmpty()) {
            throw new EngineException(beginning + faults + ".");
        }
    }

    private void refuseTablesOfOthers(
            List<TableMapping> mappings, Map<String, TargetTable> targets, PipeState state, List<Finding> findings) {
        OtherPipes others = OtherPipes.of(workspace.target(), workspace.pipe());
        for (TableMapping mapping : mappings) {
            for (String table : List.of(mapping.target(), mapping.resyncTarget())) {
                others.owner(
                                table,
                                state,
                                Optional.ofNullable(targets.get(table)).map(TargetTable::uuid))
                        .ifPresent(owner -> findings.add(Finding.fault(
                                mapping.target(),
                                owner + "; give " + mapping.source().qualifiedName()
                                        + " another target, or take that table out of the other pipe and sync it, or"
                                        + " drop that pipe")));
            }
        }
    }

    /** A resync of some tables leaves the others that are loaded in the publication. */
    private List<SourceTable> published(
            SourceCatalog catalog, List<TableMapping> mappings, boolean time64, PipeState state) {
        List<TableMapping> all = only.isEmpty()
                ? mappings
                : PipeTables.read(workspace.definition(), catalog, Optional.empty(), time64)
                        .mappings();
        LoadedSources loaded = new LoadedSources(state.structures());
        Set<String> chosen = mappings.stream().map(TableMapping::target).collect(Collectors.toSet());
        return all.stream()
                .filter(mapping -> chosen.contains(mapping.target())
                        || loaded.targetOf(mapping).isPresent())
                .map(TableMapping::source)
                .toList();
    }

    private List<TableMapping> mappings(
            SourceCatalog catalog, SourceChecks sourceChecks, boolean time64, List<Finding> findings) {
        PipeTables tables = PipeTables.read(workspace.definition(), catalog, only, time64);
        tables.faults().forEach(fault -> findings.add(Finding.fault(fault.path(), fault.message())));
        for (TableMapping mapping : tables.mappings()) {
            sourceChecks.table(mapping.source());
            mapping.columns().stream()
                    .filter(c -> mapping.sortingKey().contains(c.name())
                            && !c.source().notNull())
                    .forEach(c -> findings.add(Finding.warning(
                            mapping.source().qualifiedName(),
                            "sorting key column " + c.name() + " may be NULL in the source; NULLs become the type's"
                                    + " default and are counted as altered values")));
        }
        return tables.mappings();
    }
}
