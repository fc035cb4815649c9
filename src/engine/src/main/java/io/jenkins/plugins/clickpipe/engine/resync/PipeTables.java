package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.definition.Fault;
import io.jenkins.plugins.clickpipe.engine.definition.PipeDefinition;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.definition.TablePattern;
import io.jenkins.plugins.clickpipe.engine.definition.TableSelection;
import io.jenkins.plugins.clickpipe.engine.definition.TableSelection.Selected;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapper;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.types.TypeMapping;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A pipe's tables as the source has them now.
 *
 * @param mappings largest first, so that no table begins when the others have ended; not usable when there are faults
 * @param refused by destination table, why this one table cannot be replicated; its mapping is not usable
 */
record PipeTables(List<TableMapping> mappings, List<Fault> faults, Map<String, String> refused) {
    PipeTables {
        mappings = List.copyOf(mappings);
        faults = List.copyOf(faults);
        refused = Map.copyOf(refused);
    }

    /**
     * The names of a pipe's tables.
     *
     * @param only restricts the tables; empty means all
     */
    static List<TableName> names(PipeDefinition definition, SourceCatalog catalog, Optional<TablePattern> only) {
        return select(definition, catalog, only).tables().stream()
                .map(Selected::source)
                .toList();
    }

    private static TableSelection select(
            PipeDefinition definition, SourceCatalog catalog, Optional<TablePattern> only) {
        TableSelection selection = TableSelection.of(definition.tables(), catalog.tableNames());
        return only.isPresent() ? selection.restrictedTo(only.get()) : selection;
    }

    /**
     * Reads them.
     *
     * @param only restricts the tables; empty means all
     * @param time64 the destination has the type Time64
     */
    static PipeTables read(
            PipeDefinition definition, SourceCatalog catalog, Optional<TablePattern> only, boolean time64) {
        return read(
                definition, select(definition, catalog, only), selected -> catalog, catalog.serverVersion(), time64);
    }

    /**
     * Reads them, and measures some alone, so that a lock on another one hinders nobody.
     *
     * @param measured by destination table
     */
    static PipeTables readMeasuring(
            Set<String> measured,
            PipeDefinition definition,
            Connection session,
            Optional<TablePattern> only,
            boolean time64) {
        SourceCatalog exact = new SourceCatalog(session);
        SourceCatalog rough = SourceCatalog.withoutMeasuring(session);
        return read(
                definition,
                select(definition, rough, only),
                selected -> measured.contains(selected.target()) ? exact : rough,
                rough.serverVersion(),
                time64);
    }

    private static PipeTables read(
            PipeDefinition definition,
            TableSelection selection,
            Function<Selected, SourceCatalog> catalogs,
            int serverVersion,
            boolean time64) {
        List<Fault> faults = new ArrayList<>(selection.faults());
        Settings settings = definition.settings();
        TypeMapping types =
                new TypeMapping(new TypeMapping.Options(settings.allowNullableColumns(), time64, false, false));
        TableMapper mapper = new TableMapper(types, settings.replicationMode(), serverVersion);
        List<TableMapping> mappings = new ArrayList<>();
        Map<String, String> refused = new HashMap<>();
        for (Selected selected : selection.tables()) {
            int before = faults.size();
            Optional<SourceTable> table = catalogs.apply(selected)
                    .describe(selected.source().schema(), selected.source().table());
            if (table.isPresent()) {
                mappings.add(mapper.map(selected, table.get(), faults));
            } else {
                faults.add(
                        new Fault("tables[" + selected.ruleIndex() + "]", selected.source() + " was dropped just now"));
            }
            if (faults.size() > before) {
                refused.put(
                        selected.target(),
                        faults.subList(before, faults.size()).stream()
                                .map(Fault::message)
                                .collect(Collectors.joining("; ")));
            }
        }
        mappings.sort(
                Comparator.comparingLong((TableMapping m) -> m.source().bytes()).reversed());
        return new PipeTables(mappings, faults, refused);
    }
}
