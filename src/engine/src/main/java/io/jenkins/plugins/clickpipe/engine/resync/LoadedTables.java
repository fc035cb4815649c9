package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The tables whose changes a pipe can follow.
 *
 * @param mappings those that were loaded, with the columns that were loaded
 * @param added those that the pipe file names and no run has loaded yet
 */
record LoadedTables(List<TableMapping> mappings, List<TableMapping> added) {
    LoadedTables {
        mappings = List.copyOf(mappings);
        added = List.copyOf(added);
    }

    /** @throws EngineException when a loaded table no longer fits its destination, with what to do about it */
    static LoadedTables read(Workspace workspace, Connection session, PipeState state) {
        TargetCatalog catalog = new TargetCatalog(workspace.target());
        PipeTables tables = PipeTables.read(
                workspace.definition(), new SourceCatalog(session), Optional.empty(), catalog.hasTime64());
        if (!tables.faults().isEmpty()) {
            throw new EngineException(tables.faults().stream()
                    .map(Object::toString)
                    .collect(Collectors.joining("\n  ", "The pipe cannot be synced:\n  ", "")));
        }
        Set<String> targets = catalog.uuids(
                        tables.mappings().stream().map(TableMapping::target).collect(Collectors.toSet()))
                .keySet();
        List<TableMapping> loaded = new ArrayList<>();
        List<TableMapping> added = new ArrayList<>();
        for (TableMapping mapping : tables.mappings()) {
            JsonNode structure = state.structures().get(mapping.target());
            if (structure == null) {
                added.add(mapping);
            } else if (targets.contains(mapping.target())) {
                loaded.add(TableStructure.asLoaded(mapping, structure));
            } else {
                throw new EngineException("Destination table " + mapping.target()
                        + " is missing: somebody dropped or renamed it. Run resync.");
            }
        }
        return new LoadedTables(loaded, added);
    }
}
