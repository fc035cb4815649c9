package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.definition.Settings.IgnoredOperations;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.PublicationState;
import io.jenkins.plugins.clickpipe.engine.source.PublishedRelation;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a publication must publish, so that the copy becomes right, and the sentence about what it leaves out. */
final class PublicationRules {
    private final String name;
    private final Map<String, PublishedRelation> relations;

    /** @param relations what the publication names now */
    PublicationRules(String name, List<PublishedRelation> relations) {
        this.name = Objects.requireNonNull(name);
        this.relations = relations.stream()
                .collect(Collectors.toMap(PublishedRelation::qualifiedName, Function.identity(), (one, other) -> one));
    }

    /** Operations that it does not publish and that are not ignored on purpose. */
    static Optional<String> operations(String name, PublicationState state, IgnoredOperations ignored) {
        List<String> missing = ignored.published().stream()
                .filter(operation -> !state.operations().contains(operation))
                .map(operation -> operation.toUpperCase(Locale.ROOT))
                .toList();
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        boolean optional = missing.stream().allMatch(operation -> operation.matches("DELETE|TRUNCATE"));
        return Optional.of("publication " + name + " publishes no " + String.join(" and no ", missing)
                + "; run ALTER PUBLICATION " + SourceSql.quote(name) + " SET (publish = '"
                + String.join(", ", ignored.published()) + "')"
                + (optional
                        ? ", or, where the destination is to keep what they remove, set ignoredOperations to "
                                + String.join("_and_", missing).toLowerCase(Locale.ROOT)
                        : ""));
    }

    /** What it leaves out of a table. */
    Optional<String> table(TableMapping mapping) {
        SourceTable source = mapping.source();
        PublishedRelation root = relations.get(source.qualifiedName());
        if (root != null && source.partitioned()) {
            return leftOut(root, mapping);
        }
        List<Relation> missing = missing(source);
        if (!missing.isEmpty()) {
            String names = missing.stream().limit(20).map(Relation::quoted).collect(Collectors.joining(", "));
            boolean whole = missing.size() == source.relations().size();
            return Optional.of("publication " + name + " lacks "
                    + (whole ? source.qualifiedName() : "a part of " + source.qualifiedName() + ": " + names)
                    + "; run ALTER PUBLICATION " + SourceSql.quote(name) + " ADD TABLE "
                    + (whole || source.partitioned() ? source.quoted() : names));
        }
        return source.relations().stream()
                .map(relation -> leftOut(relations.get(qualified(relation)), mapping))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Relations with rows of a table that it does not name. */
    List<Relation> missing(SourceTable source) {
        boolean viaRoot = source.partitioned() && relations.containsKey(source.qualifiedName());
        return source.relations().stream()
                .filter(relation -> !viaRoot && !relations.containsKey(qualified(relation)))
                .toList();
    }

    private static String qualified(Relation relation) {
        return relation.schema() + "." + relation.name();
    }

    private Optional<String> leftOut(PublishedRelation published, TableMapping mapping) {
        String whole = "; have it publish the whole table (ALTER PUBLICATION " + SourceSql.quote(name)
                + " SET TABLE ..., or, for generated columns, SET (publish_generated_columns = stored))";
        if (published.filter().isPresent()) {
            return Optional.of("publication " + name + " has a row filter for " + published.qualifiedName() + " ("
                    + published.filter().get() + "), and rows that it leaves out would be missing" + whole);
        }
        List<String> missing = published.columns().stream()
                .flatMap(columns -> mapping.columnNames().stream().filter(column -> !columns.contains(column)))
                .toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("publication " + name + " does not publish " + String.join(", ", missing) + " of "
                        + published.qualifiedName() + whole + ", or add the columns to excludedColumns");
    }
}
