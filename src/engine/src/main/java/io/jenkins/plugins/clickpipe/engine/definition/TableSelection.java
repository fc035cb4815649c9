package io.jenkins.plugins.clickpipe.engine.definition;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which tables of the source a pipe replicates, and to where. A table belongs to the first rule whose {@code source}
 * matches it and whose {@code exclude} does not; a table that a rule excludes may still belong to a later one.
 */
public final class TableSelection {
    private final List<Selected> tables;
    private final List<Fault> faults;

    private TableSelection(List<Selected> tables, List<Fault> faults) {
        this.tables = List.copyOf(tables);
        this.faults = List.copyOf(faults);
    }

    /**
     * A table with the rule it belongs to.
     *
     * @param ruleIndex from 0, as in the path {@code tables[0]}
     * @param target the destination table's name
     */
    public record Selected(TableName source, TableRule rule, int ruleIndex, String target) {}

    /**
     * Applies rules to the tables that the source has now.
     *
     * @throws IllegalArgumentException for rules that {@link PipeFile} would refuse
     */
    public static TableSelection of(List<TableRule> rules, List<TableName> existing) {
        Set<TableName> free = new LinkedHashSet<>(existing);
        List<Selected> tables = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        DestinationNames destinations = new DestinationNames();
        for (int index = 0; index < rules.size(); index++) {
            TableRule rule = rules.get(index);
            TablePattern source = new TablePattern(rule.source());
            List<TablePattern> excludes =
                    rule.exclude().stream().map(TablePattern::new).toList();
            String path = "tables[" + index + "]";
            List<TableName> matched = free.stream()
                    .filter(source::matches)
                    .filter(table -> excludes.stream().noneMatch(exclude -> exclude.matches(table)))
                    .toList();
            if (matched.isEmpty()) {
                faults.add(new Fault(path + ".source", nothing(source, existing, free)));
            }
            for (TableName table : matched) {
                String target = rule.target().orElse(table.table());
                destinations
                        .take(target, table.toString())
                        .ifPresent(message -> faults.add(
                                new Fault(path, message + "; give " + table + " a rule with a target of its own")));
                tables.add(new Selected(table, rule, index, target));
            }
            matched.forEach(free::remove);
        }
        return new TableSelection(tables, faults);
    }

    private static String nothing(TablePattern source, List<TableName> existing, Set<TableName> free) {
        if (free.stream().anyMatch(source::matches)) {
            return "matches only tables that the rule itself excludes";
        }
        if (existing.stream().anyMatch(source::matches)) {
            return "matches only tables that belong to earlier rules; the first rule that matches a table wins";
        }
        List<String> names = existing.stream().map(TableName::toString).toList();
        return source.isLiteral()
                ? "the source has no table " + source + NearestWord.suggestion(source.text(), names)
                : "no table of the source matches " + source;
    }

    /**
     * The part of this selection that {@code pattern} matches. Faults of rules are left behind: they belong to the
     * whole.
     */
    public TableSelection restrictedTo(TablePattern pattern) {
        List<Selected> part =
                tables.stream().filter(table -> pattern.matches(table.source())).toList();
        return new TableSelection(
                part,
                part.isEmpty() ? List.of(new Fault("--tables", "no table of the pipe matches " + pattern)) : List.of());
    }

    /** In the order of the rules, and below a rule in the order of the source's list. */
    public List<Selected> tables() {
        return tables;
    }

    /** The tables of one rule, from 0. */
    public List<Selected> tablesOf(int ruleIndex) {
        return tables.stream().filter(table -> table.ruleIndex() == ruleIndex).toList();
    }

    /** Rules that match nothing, and destination tables that two sources would share; empty when all is well. */
    public List<Fault> faults() {
        return faults;
    }
}
