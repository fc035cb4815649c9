package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.Dependants;
import io.jenkins.plugins.clickpipe.engine.target.EngineTraits;
import io.jenkins.plugins.clickpipe.engine.target.TableClauses;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import io.jenkins.plugins.clickpipe.engine.target.ViewTrial;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What users have built on the originals, and whether it can stand on the tables that are to replace them. */
final class OriginalChecks {
    private final ClickHouse clickHouse;
    private final List<Finding> findings;

    OriginalChecks(ClickHouse clickHouse, List<Finding> findings) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.findings = Objects.requireNonNull(findings);
    }

    void check(List<TableMapping> mappings, Map<String, TargetTable> targets, TargetCatalog catalog) {
        boolean replicatedDatabase =
                catalog.databaseEngine().filter("Replicated"::equals).isPresent();
        ViewTrial trial = new ViewTrial(clickHouse);
        for (TableMapping mapping : mappings) {
            TargetTable original = targets.get(mapping.target());
            if (original == null || mapping.columns().isEmpty()) {
                continue;
            }
            OriginalColumns columns = new OriginalColumns(original, mapping);
            Map<String, String> wanted = columns.wanted();
            trial.onStructure(mapping.target(), columns.today(), wanted)
                    .forEach(failure -> findings.add(Finding.fault(mapping.target(), failure.sentence())));
            others(mapping, columns.today().keySet(), wanted.keySet());
            columns.losses().forEach(loss -> findings.add(Finding.warning(mapping.target(), loss)));
            if (mapping.engine() != TableEngine.NULL) {
                expressions(trial, mapping, original, columns, wanted);
                replicas(mapping, original, replicatedDatabase);
            }
        }
        orphans(mappings, catalog.serverVersion());
    }

    private void others(TableMapping mapping, Set<String> today, Set<String> wanted) {
        new Dependants(clickHouse).columnsOfOthers(mapping.target()).forEach((reader, columns) -> {
            String gone = columns.stream()
                    .filter(column -> today.contains(column) && !wanted.contains(column))
                    .collect(Collectors.joining(", "));
            if (!gone.isEmpty()) {
                findings.add(Finding.fault(
                        mapping.target(),
                        reader + " reads " + gone + " of " + mapping.target()
                                + ", which the new table does not have. Change or drop it, or have the table keep its"
                                + " structure, and run resync again"));
            }
        });
    }

    /** A resync of one replica would leave the others with what they have. */
    private void replicas(TableMapping mapping, TargetTable original, boolean replicatedDatabase) {
        EngineTraits traits = EngineTraits.of(original, mapping.definition());
        if (!traits.replicated()) {
            return;
        }
        if (traits.sharesThePath()) {
            findings.add(Finding.fault(
                    mapping.target(),
                    "it is a " + original.engine() + " whose path "
                            + traits.replication().get(0)
                            + " belongs to it alone, so no new table can be made beside it; make it anew with {uuid} in"
                            + " its path, or with the server's default path"));
        } else if (!replicatedDatabase && replicas(original) > 1) {
            findings.add(Finding.fault(
                    mapping.target(),
                    "it is a " + original.engine()
                            + " with other replicas, or the user may not look (GRANT SELECT ON"
                            + " system.replicas); in a database without ENGINE = Replicated a resync would exchange it on"
                            + " this replica alone; move it into a Replicated database"));
        } else if (!mayMake(traits, mapping)) {
            findings.add(Finding.fault(
                    mapping.target(),
                    "it is a " + original.engine() + ", and the new one must be one too; run GRANT TABLE ENGINE ON "
                            + family(mapping) + " TO "
                            + TargetSql.quote(clickHouse.server().user())));
        } else {
            findings.add(Finding.ok(mapping.target(), "the new table is a " + original.engine() + " too"));
        }
    }

    private static String family(TableMapping mapping) {
        return "Replicated" + mapping.engine().label();
    }

    /** Servers older than 24.11 cannot tell. */
    private boolean mayMake(EngineTraits traits, TableMapping mapping) {
        try {
            return !traits.replicated()
                    || clickHouse
                                    .value("CHECK GRANT TABLE ENGINE ON " + family(mapping))
                                    .asInt()
                            != 0;
        } catch (TargetException e) {
            if (e.isTransient()) {
                throw e;
            }
            return true;
        }
    }

    /** More than one where the server does not tell. */
    private int replicas(TargetTable table) {
        try {
            return replicasOf(table);
        } catch (TargetException e) {
            if (e.isTransient()) {
                throw e;
            }
            return Integer.MAX_VALUE;
        }
    }

    private int replicasOf(TargetTable table) {
        return clickHouse
                .value("SELECT ifNull(max(total_replicas), 0) FROM system.replicas WHERE database = "
                        + TargetSql.literal(clickHouse.database()) + " AND table = " + TargetSql.literal(table.name()))
                .asInt();
    }

    private void expressions(
            ViewTrial trial,
            TableMapping mapping,
            TargetTable original,
            OriginalColumns columns,
            Map<String, String> wanted) {
        for (OriginalColumns.Column column : columns.added()) {
            column.computed()
                    .filter(expression -> !trial.computes(expression, wanted))
                    .ifPresent(expression -> findings.add(Finding.warning(
                            mapping.target(),
                            "column " + column.name() + " (" + expression
                                    + ") does not apply to the new table and will not be carried over")));
        }
        for (String constraint : TableClauses.constraints(original.createQuery())) {
            Optional<String> condition =
                    TableClauses.clause(constraint, "CHECK").or(() -> TableClauses.clause(constraint, "ASSUME"));
            condition
                    .filter(text -> !trial.computes(text, wanted))
                    .ifPresent(text -> findings.add(Finding.warning(
                            mapping.target(),
                            constraint + " does not apply to the new table and will not be carried over")));
        }
    }

    /** Builds of 26.5 before the mend of ClickHouse's issue 105021 lose views in EXCHANGE. */
    private void orphans(List<TableMapping> mappings, String version) {
        Set<String> names = mappings.stream().map(TableMapping::target).collect(Collectors.toSet());
        if (version.startsWith("26.5.")) {
            new Dependants(clickHouse)
                    .triggered(names)
                    .forEach(
                            (table, views) -> views.forEach(
                                    view -> findings.add(
                                            Finding.warning(
                                                    table,
                                                    "builds of ClickHouse 26.5 may lose materialized view " + view
                                                            + " when tables are exchanged (ClickHouse issue 105021); resync looks and says so"))));
        }
    }
}
