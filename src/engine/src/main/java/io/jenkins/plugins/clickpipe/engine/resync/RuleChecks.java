package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.definition.TablePattern;
import io.jenkins.plugins.clickpipe.engine.definition.TableRule;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog.OtherRelation;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Whether the pipe file's rules reach what they mean: what a rule names and leaves out in silence is told. */
final class RuleChecks {
    private static final int MOST_NAMES = 10;

    private final SourceCatalog catalog;
    private final List<Finding> findings;

    RuleChecks(SourceCatalog catalog, List<Finding> findings) {
        this.catalog = Objects.requireNonNull(catalog);
        this.findings = Objects.requireNonNull(findings);
    }

    void check(List<TableRule> rules) {
        List<TableName> tables = catalog.tableNames();
        List<OtherRelation> others = catalog.otherRelations();
        for (int index = 0; index < rules.size(); index++) {
            TableRule rule = rules.get(index);
            String path = "tables[" + index + "]";
            TablePattern source = new TablePattern(rule.source());
            List<TablePattern> excludes =
                    rule.exclude().stream().map(TablePattern::new).toList();
            List<OtherRelation> meant = others.stream()
                    .filter(other -> source.matches(other.name()))
                    .filter(other -> excludes.stream().noneMatch(exclude -> exclude.matches(other.name())))
                    .toList();
            if (source.isLiteral()) {
                meant.forEach(other -> findings.add(Finding.fault(path + ".source", literal(other))));
            } else {
                leftOut(path, source, meant);
            }
            for (TablePattern exclude : excludes) {
                boolean used = tables.stream().anyMatch(table -> source.matches(table) && exclude.matches(table))
                        || others.stream().anyMatch(other -> exclude.matches(other.name()));
                if (!used) {
                    findings.add(Finding.warning(
                            path + ".exclude",
                            exclude + " matches nothing of what " + source + " matches, so it excludes no table"));
                }
            }
        }
    }

    private static String literal(OtherRelation other) {
        return other.name() + " is " + other.kind()
                + (other.partition()
                        ? ", which comes with that table; name that table"
                        : ", which cannot be replicated; remove the rule, or name the table behind it");
    }

    /** Partitions come with their roots, so a pattern that matches them too means nothing by it. */
    private void leftOut(String path, TablePattern source, List<OtherRelation> meant) {
        List<OtherRelation> left =
                meant.stream().filter(other -> !other.partition()).toList();
        if (!left.isEmpty()) {
            findings.add(Finding.warning(
                    path + ".source",
                    source + " also matches what cannot be replicated and is left out: "
                            + left.stream()
                                    .limit(MOST_NAMES)
                                    .map(other -> other.name() + " (" + other.kind() + ")")
                                    .collect(Collectors.joining(", "))
                            + (left.size() > MOST_NAMES ? " and " + (left.size() - MOST_NAMES) + " more" : "")));
        }
    }
}
