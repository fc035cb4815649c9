package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicatedTable;
import io.jenkins.plugins.clickpipe.engine.changes.Value;
import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.definition.TableSelection;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.MappedColumn;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.resync.TableStructure.Difference;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceColumn;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The tables of a Running pipe.
 *
 * @param followed those whose changes go to their destinations, which fit
 * @param added those that the pipe file names and no run has loaded yet
 * @param removed destination tables that were loaded and that the pipe file no longer names
 */
record LoadedTables(List<Followed> followed, List<TableMapping> added, Set<String> removed) {
    LoadedTables {
        followed = List.copyOf(followed);
        added = List.copyOf(added);
        removed = Set.copyOf(removed);
    }

    /**
     * A loaded table.
     *
     * @param older by name of a column that came after the load, what older rows have
     */
    record Followed(TableMapping mapping, Map<String, Value> older) {
        /** @param ignored columns that the stream may have and the destination does not get */
        ReplicatedTable replicated(Set<String> ignored) {
            return LoadedTables.replicated(mapping).withAdded(older).ignoring(ignored);
        }
    }

    /** The same but for tables that are not followed any more. */
    LoadedTables without(Set<String> stopped) {
        return new LoadedTables(
                followed.stream()
                        .filter(table -> !stopped.contains(table.mapping().target()))
                        .toList(),
                added,
                removed);
    }

    List<TableMapping> mappings() {
        return followed.stream().map(Followed::mapping).toList();
    }

    /** A table as the stream is to be read for it. */
    static ReplicatedTable replicated(TableMapping mapping) {
        Map<String, Long> typeOids = mapping.columns().stream()
                .map(MappedColumn::source)
                .collect(Collectors.toMap(SourceColumn::name, SourceColumn::typeOid));
        return ReplicatedTable.of(
                mapping.source(),
                mapping.target(),
                mapping.columnNames(),
                typeOids,
                mapping.sortingKey(),
                mapping.engine() == TableEngine.REPLACING_MERGE_TREE);
    }

    /**
     * Looks at the source, alters destination tables after it, and stops following tables that cannot be followed.
     *
     * @throws EngineException when the pipe file gives two tables one destination
     */
    static LoadedTables follow(Workspace workspace, Journal journal, Connection session) {
        PipeState state = journal.state();
        StructureUpdate update = new StructureUpdate(workspace, journal);
        TargetCatalog catalog = new TargetCatalog(workspace.target());
        PipeTables tables = PipeTables.read(
                workspace.definition(), SourceCatalog.withoutMeasuring(session), Optional.empty(), catalog.hasTime64());
        refuseSharedDestinations(tables);
        LoadedSources sources = new LoadedSources(state.structures());
        List<Known> known = new ArrayList<>();
        List<TableMapping> added = new ArrayList<>();
        Map<String, String> replaced = new TreeMap<>();
        for (TableMapping mapping : tables.mappings()) {
            Optional<String> target = sources.targetOf(mapping);
            if (target.isPresent()) {
                known.add(new Known(mapping, target.get()));
            } else if (state.structures().containsKey(mapping.target())) {
                replaced.put(mapping.target(), sources.another(mapping));
            } else {
                added.add(mapping);
            }
        }
        Set<String> loaded = known.stream().map(Known::target).collect(Collectors.toSet());
        replaced.keySet().removeAll(loaded);
        Map<String, TargetTable> targets = catalog.tables(loaded);
        OtherPipes others = OtherPipes.of(workspace.target(), workspace.pipe());
        List<Followed> followed = new ArrayList<>();
        for (Known table : known) {
            String target = table.target();
            Optional<String> fault = Optional.ofNullable(state.stoppedTables().get(target))
                    .or(() -> Optional.ofNullable(
                            tables.refused().get(table.mapping().target())))
                    .or(() -> targets.containsKey(target)
                            ? Optional.empty()
                            : Optional.of("its destination table is missing: somebody dropped or renamed it"))
                    .or(() -> replaced(target, targets.get(target), journal))
                    .or(() -> others.owner(
                            target,
                            journal.state(),
                            Optional.of(targets.get(target).uuid())));
            fault.ifPresentOrElse(reason -> update.refuse(state, target, table.source(), reason), () -> follow(
                            table, state.structures().get(target), targets.get(target), update, session)
                    .ifPresent(followed::add));
        }
        replaced.forEach((target, reason) -> update.refuse(
                state, target, state.structures().get(target).path("source").asText(), reason));
        Set<String> gone = new TreeSet<>(state.structures().keySet());
        gone.removeAll(loaded);
        gone.removeAll(replaced.keySet());
        return new LoadedTables(followed, added, removed(gone, workspace, state, known, update));
    }

    /** A table of the pipe file, and the destination that it was loaded into. */
    private record Known(TableMapping mapping, String target) {
        String source() {
            return mapping.source().qualifiedName();
        }
    }

    /** Of the tables whose source is not there, those that the pipe file no longer means. */
    private static Set<String> removed(
            Set<String> gone, Workspace workspace, PipeState state, List<Known> known, StructureUpdate update) {
        Set<String> removed = new HashSet<>();
        for (String target : gone) {
            String source = state.structures().get(target).path("source").asText();
            boolean elsewhere = known.stream().anyMatch(table -> table.source().equals(source));
            if (elsewhere || !isInPipeFile(workspace, source)) {
                removed.add(target);
            } else {
                update.refuse(
                        state, target, source, "the source has no such table any more: it was dropped or renamed");
            }
        }
        return removed;
    }

    /** A pipe of an older version that uses a table as it was does not know which one that is, and learns it here. */
    private static Optional<String> replaced(String target, TargetTable present, Journal journal) {
        UUID loaded = journal.state().generations().loaded().get(target);
        if (loaded == null) {
            journal.append(
                    EntryKind.DESTINATION_TABLE,
                    target,
                    Journal.object().put("uuid", present.uuid().toString()));
            return Optional.empty();
        }
        return loaded.equals(present.uuid())
                ? Optional.empty()
                : Optional.of("its destination table is not the one that the pipe has loaded (UUID " + loaded
                        + "): somebody has replaced, restored or exchanged it (" + present.uuid() + ")");
    }

    private static Optional<Followed> follow(
            Known table, JsonNode structure, TargetTable target, StructureUpdate update, Connection session) {
        TableMapping now = table.mapping().into(table.target());
        Map<String, Value> older = TableStructure.older(structure);
        Difference difference = TableStructure.difference(now, structure);
        Optional<ShapeChange> shape = TableStructure.shapeChange(now, structure);
        Optional<String> misfit = difference
                .misfit()
                .or(() -> shape.flatMap(change -> new ArrivedParts(session).unknownRows(change.arrived())))
                .or(() -> difference.added().stream()
                        .map(MappedColumn::name)
                        .filter(target::hasColumn)
                        .findFirst()
                        .map(column ->
                                "column " + column + " came, and the destination has another column of that name"));
        if (misfit.isPresent()) {
            update.stop(now.target(), now.source().qualifiedName(), misfit.get());
            return Optional.empty();
        }
        update.leaveOut(now, difference.followed());
        update.keep(now, TableStructure.reconfigured(table.mapping(), now.target(), structure));
        boolean unchanged =
                difference.isEmpty() && shape.filter(ShapeChange::isEmpty).isPresent();
        Map<String, Value> all = unchanged ? older : update.accept(difference, older);
        update.alter(difference.followed(), target, all);
        return Optional.of(new Followed(difference.followed(), all));
    }

    private static void refuseSharedDestinations(PipeTables tables) {
        Set<String> seen = new HashSet<>();
        if (!tables.mappings().stream().allMatch(mapping -> seen.add(mapping.target()))) {
            throw new EngineException(tables.faults().stream()
                    .map(Object::toString)
                    .collect(Collectors.joining("\n  ", "The pipe cannot be synced:\n  ", "")));
        }
    }

    /** @param source schema and name with a dot between them */
    static boolean isInPipeFile(Workspace workspace, String source) {
        int dot = source.indexOf('.');
        return dot > 0
                && !TableSelection.of(
                                workspace.definition().tables(),
                                List.of(new TableName(source.substring(0, dot), source.substring(dot + 1))))
                        .tables()
                        .isEmpty();
    }
}
