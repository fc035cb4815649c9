package io.jenkins.plugins.clickpipe.engine.definition;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.definition.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The {@code tables} of a pipe file: each rule by itself, and then what one rule means for another. */
final class TableRulesSection {
    private static final String NAME = "tables";
    private static final List<String> KEYS = List.of(
            "source",
            "exclude",
            "target",
            "excludedColumns",
            "sortingKeys",
            "tableEngine",
            "partitionKey",
            "partitionBy");

    private final Faults faults;
    private final List<Known> sources = new ArrayList<>();
    private final DestinationNames destinations = new DestinationNames();

    private TableRulesSection(Faults faults) {
        this.faults = faults;
    }

    /** A rule's source that could be read. */
    private record Known(String path, TablePattern pattern) {}

    static List<TableRule> read(Section file) {
        TableRulesSection reader = new TableRulesSection(file.faults());
        List<TableRule> rules = new ArrayList<>();
        Optional<YamlNode> node = file.requiredNode(NAME);
        if (node.isPresent() && node.get() instanceof YamlNode.Sequence sequence) {
            if (sequence.items().isEmpty()) {
                file.fault(NAME, "must hold at least one rule, such as {source: public.orders}");
            }
            for (YamlNode item : sequence.items()) {
                Section.of(item, KEYS, file.faults()).ifPresent(section -> rules.add(reader.rule(section)));
            }
        } else if (node.isPresent() && !(node.get() instanceof YamlNode.Unreadable)) {
            file.fault(NAME, "must be a list of rules, such as {source: public.orders}");
        }
        return rules;
    }

    private TableRule rule(Section section) {
        Optional<String> source = section.requiredText("source");
        List<Scalar> exclude = section.texts("exclude");
        Optional<String> target = section.text("target");
        List<Scalar> excludedColumns = section.texts("excludedColumns");
        List<Scalar> sortingKeys = section.texts("sortingKeys");
        Optional<TableEngine> tableEngine = tableEngine(section);
        Optional<String> partitionKey = section.text("partitionKey");
        Optional<String> partitionBy = section.text("partitionBy");

        source.ifPresent(text -> checkSource(section, text, target));
        exclude.forEach(scalar -> fault(scalar.text()).ifPresent(message -> faults.add(scalar, message)));
        sortingKeys.stream()
                .filter(key -> texts(excludedColumns).contains(key.text()))
                .forEach(key -> faults.add(key, "is also one of excludedColumns"));
        if (tableEngine.equals(Optional.of(TableEngine.NULL))) {
            List.of("sortingKeys", "partitionBy").forEach(key -> section.node(key)
                    .ifPresent(node -> faults.add(node, "has no meaning with tableEngine Null, which keeps no rows")));
        }
        return new TableRule(
                source.orElse(""),
                texts(exclude),
                target,
                texts(excludedColumns),
                texts(sortingKeys),
                tableEngine,
                partitionKey,
                partitionBy);
    }

    /** {@code Null} without quotes is YAML's null, but here it is the engine of that name; {@code null} is not. */
    private static Optional<TableEngine> tableEngine(Section section) {
        return section.nullText("tableEngine").equals(Optional.of(TableEngine.NULL.label()))
                ? Optional.of(TableEngine.NULL)
                : section.oneOf("tableEngine", List.of(TableEngine.values()), TableEngine::label);
    }

    private void checkSource(Section section, String text, Optional<String> target) {
        Optional<String> fault = fault(text);
        if (fault.isPresent()) {
            section.fault("source", fault.get());
            return;
        }
        TablePattern pattern = new TablePattern(text);
        String path = section.path("source");
        Optional<Known> same = sources.stream()
                .filter(earlier -> earlier.pattern().sameAs(pattern))
                .findFirst();
        same.ifPresent(earlier -> section.fault(
                "source",
                "is the same as " + earlier.path() + "; the first rule that matches a table wins,"
                        + " so this one would never be used"));
        sources.add(new Known(path, pattern));
        if (!pattern.isLiteral()) {
            if (target.isPresent()) {
                section.fault("target", "is allowed only where source names one table, without wildcards");
            }
        } else if (target.isPresent()) {
            destinations.take(target.get(), section.path("target")).ifPresent(m -> section.fault("target", m));
        } else if (pattern.hasTwoSegments() && same.isEmpty()) {
            destinations.take(pattern.lastSegment(), path).ifPresent(m -> section.fault("source", m));
        }
    }

    /** What is wrong with a pattern. */
    private static Optional<String> fault(String pattern) {
        try {
            TablePattern unused = new TablePattern(pattern);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static List<String> texts(List<Scalar> scalars) {
        return scalars.stream().map(Scalar::text).toList();
    }

    /** Every key of each rule; {@code null} and empty lists for what the file leaves to the engine. */
    static ArrayNode write(List<TableRule> rules) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        for (TableRule rule : rules) {
            ObjectNode entry = json.addObject();
            entry.put("source", rule.source());
            rule.exclude().forEach(entry.putArray("exclude")::add);
            entry.put("target", rule.target().orElse(null));
            rule.excludedColumns().forEach(entry.putArray("excludedColumns")::add);
            rule.sortingKeys().forEach(entry.putArray("sortingKeys")::add);
            entry.put("tableEngine", rule.tableEngine().map(TableEngine::label).orElse(null));
            entry.put("partitionKey", rule.partitionKey().orElse(null));
            entry.put("partitionBy", rule.partitionBy().orElse(null));
        }
        return json;
    }
}
