package io.jenkins.plugins.clickpipe.engine.mapping;

import io.jenkins.plugins.clickpipe.engine.definition.Fault;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.ReplicationMode;
import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.definition.TableRule;
import io.jenkins.plugins.clickpipe.engine.definition.TableSelection.Selected;
import io.jenkins.plugins.clickpipe.engine.source.SourceColumn;
import io.jenkins.plugins.clickpipe.engine.source.SourceColumn.Generated;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.ReplicaIdentity;
import io.jenkins.plugins.clickpipe.engine.target.TableDefinition;
import io.jenkins.plugins.clickpipe.engine.target.TargetColumn;
import io.jenkins.plugins.clickpipe.engine.types.TypeMapping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Derives a table's destination from its rule and its structure, and names what stands against it. */
public final class TableMapper {
    private final TypeMapping types;
    private final ReplicationMode mode;
    private final int serverVersion;

    /** @param serverVersion PostgreSQL's, for example 180006 */
    public TableMapper(TypeMapping types, ReplicationMode mode, int serverVersion) {
        this.types = Objects.requireNonNull(types);
        this.mode = Objects.requireNonNull(mode);
        this.serverVersion = serverVersion;
    }

    /** @param faults gets what makes the table impossible to replicate; the mapping then must not be used */
    public TableMapping map(Selected selected, SourceTable source, List<Fault> faults) {
        TableRule rule = selected.rule();
        String path = "tables[" + selected.ruleIndex() + "] " + source.qualifiedName();
        int before = faults.size();
        List<SourceColumn> columns = source.columns().stream()
                .filter(c -> !rule.excludedColumns().contains(c.name()))
                .toList();
        Set<String> names = new HashSet<>();
        columns.forEach(c -> names.add(c.name()));

        for (String excluded : rule.excludedColumns()) {
            if (source.column(excluded).isEmpty() && !isPattern(rule)) {
                faults.add(new Fault(path, "excludedColumns names " + excluded + ", which the table does not have"));
            }
        }
        rule.partitionKey()
                .filter(key -> source.column(key).isEmpty() && !isPattern(rule))
                .ifPresent(key ->
                        faults.add(new Fault(path, "partitionKey names " + key + ", which the table does not have")));
        if (columns.isEmpty()) {
            faults.add(new Fault(path, "no column is left to replicate"));
        }
        for (TargetColumn metadata : TableDefinition.METADATA) {
            if (names.contains(metadata.name())) {
                faults.add(new Fault(
                        path,
                        "the source has a column " + metadata.name()
                                + ", a name that ClickPipes uses itself; add it to excludedColumns"));
            }
        }
        boolean changes = mode != ReplicationMode.SNAPSHOT;
        if (changes) {
            checkChanges(source, columns, path, faults);
        }
        List<String> identity = source.identityColumns().isEmpty() ? source.primaryKey() : source.identityColumns();
        boolean keyed = !source.primaryKey().isEmpty() || source.replicaIdentity() == ReplicaIdentity.INDEX;
        List<String> key = source.primaryKey().isEmpty() && keyed ? identity : source.primaryKey();
        List<String> sortingKey = rule.sortingKeys().isEmpty() ? key : rule.sortingKeys();
        for (String column : sortingKey) {
            if (!names.contains(column)) {
                faults.add(new Fault(
                        path,
                        rule.sortingKeys().isEmpty()
                                ? "excludedColumns leaves out " + column + ", a column of the primary key"
                                : "sortingKeys names " + column + ", which is not a replicated column of the table"));
            }
        }
        TableEngine engine =
                rule.tableEngine().orElse(keyed ? TableEngine.REPLACING_MERGE_TREE : TableEngine.MERGE_TREE);
        if (changes) {
            new IdentityCheck(source, path, faults).check(names, engine);
        }
        if (engine == TableEngine.REPLACING_MERGE_TREE) {
            checkReplacing(key, keyed, sortingKey, path, faults);
        }
        if (faults.size() > before) {
            return new TableMapping(
                    source,
                    selected.target(),
                    List.of(),
                    List.of(),
                    List.of(),
                    engine,
                    Optional.empty(),
                    Optional.empty());
        }
        List<MappedColumn> mapped = new ArrayList<>();
        for (SourceColumn column : columns) {
            mapped.add(new MappedColumn(
                    column,
                    types.map(column.name(), column.type(), !column.notNull(), sortingKey.contains(column.name()))));
        }
        return new TableMapping(
                source,
                selected.target(),
                mapped,
                sortingKey,
                keyed ? key : names.containsAll(identity) ? identity : List.of(),
                engine,
                rule.partitionBy(),
                rule.partitionKey().flatMap(source::column));
    }

    private void checkChanges(SourceTable source, List<SourceColumn> columns, String path, List<Fault> faults) {
        if (source.partitioned() && serverVersion < 130000) {
            faults.add(new Fault(
                    path,
                    "PostgreSQL " + serverVersion / 10000 + " publishes no partitioned tables; use replicationMode:"
                            + " snapshot, or PostgreSQL 13 or newer"));
        }
        for (SourceColumn column : columns) {
            boolean unpublished = column.generated() == Generated.VIRTUAL
                    || column.generated() == Generated.STORED && serverVersion < 180000;
            if (unpublished) {
                faults.add(new Fault(
                        path,
                        "column " + column.name() + " is generated and PostgreSQL " + serverVersion / 10000
                                + " does not publish its changes; add it to excludedColumns"));
            }
        }
    }

    private static void checkReplacing(
            List<String> key, boolean keyed, List<String> sortingKey, String path, List<Fault> faults) {
        if (!keyed) {
            faults.add(new Fault(
                    path,
                    "ReplacingMergeTree keeps one row a sorting key and the table has no key that tells rows apart; use"
                            + " tableEngine: MergeTree"));
        } else if (!sortingKey.containsAll(key)) {
            faults.add(new Fault(
                    path,
                    "sortingKeys must include every column of the primary key (" + String.join(", ", key)
                            + "): ReplacingMergeTree would merge different rows into one"));
        }
    }

    private static boolean isPattern(TableRule rule) {
        return rule.source().matches(".*[*?].*");
    }
}
