package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How what a table is made of has changed in ways that the WAL does not tell. A rewrite by itself is no reason to stop,
 * since VACUUM FULL, CLUSTER and TRUNCATE rewrite too; a column that was altered is none either, since most alterations
 * leave rows as they are. Both together may have changed older rows: PostgreSQL rewrites a table for an ALTER that
 * changes its rows, and gives the column's catalog row another xmin.
 */
final class ShapeChange {
    private final JsonNode before;
    private final JsonNode now;

    ShapeChange(JsonNode before, JsonNode now) {
        this.before = Objects.requireNonNull(before);
        this.now = Objects.requireNonNull(now);
    }

    /** A relation that came. */
    record Part(String name, String quoted, boolean born, boolean child, boolean foreign) {}

    boolean isEmpty() {
        return before.equals(now);
    }

    /** The storage of a relation that was there before is another one. */
    boolean isRewritten() {
        JsonNode files = now.path("files").path("nodes");
        return before.path("files").path("nodes").properties().stream()
                .anyMatch(file -> files.has(file.getKey())
                        && files.get(file.getKey()).asLong() != file.getValue().asLong());
    }

    /**
     * Why older rows may be other than the destination has them; empty when they are not.
     *
     * @param columns numbers of the columns that the destination has
     */
    Optional<String> rowsChanged(Set<Integer> columns) {
        return left().or(this::emptied).or(() -> columns.stream()
                .map(number -> column(String.valueOf(number)))
                .flatMap(Optional::stream)
                .findFirst());
    }

    private Optional<String> left() {
        JsonNode relations = now.path("relations");
        for (var known : before.path("relations").properties()) {
            String name = known.getValue().path("name").asText();
            JsonNode present = relations.path(known.getKey());
            if (present.isMissingNode()) {
                return Optional.of(
                        name + " was detached or dropped, and the stream does not tell that its rows are gone");
            }
            if (!present.path("edge").equals(known.getValue().path("edge"))) {
                return Optional.of(
                        name + " was detached and attached again, and changes in between are not in the stream");
            }
            if (isRewritten()
                    && !present.path("generated").equals(known.getValue().path("generated"))) {
                return Optional.of("a generated column was altered and " + name
                        + " was rewritten, so its older rows may have other values");
            }
        }
        return Optional.empty();
    }

    /**
     * A partition that was truncated by itself: where a publication sends changes under the root's name it sends no such
     * TRUNCATE. One of the root, which it does send, has emptied all partitions in one transaction.
     */
    private Optional<String> emptied() {
        JsonNode known = before.path("files").path("nodes");
        JsonNode files = now.path("files").path("nodes");
        JsonNode writers = now.path("files").path("writers");
        List<String> moved = new ArrayList<>();
        known.properties().forEach(file -> {
            if (!files.path(file.getKey()).equals(file.getValue())) {
                moved.add(file.getKey());
            }
        });
        List<String> transactions = moved.stream()
                .map(oid -> writers.path(oid).path("xmin").asText())
                .toList();
        boolean root = moved.size() == known.size() && Set.copyOf(transactions).size() == 1;
        if (root || !before.path("files").has("writers")) {
            return Optional.empty();
        }
        return moved.stream()
                .filter(oid -> isPartition(now.path("relations").path(oid)))
                .filter(oid -> !writers.path(oid).path("full").asBoolean()
                        || Collections.frequency(
                                        transactions,
                                        writers.path(oid).path("xmin").asText())
                                > 1)
                .findFirst()
                .map(oid -> now.path("relations").path(oid).path("name").asText()
                        + " was truncated, or rewritten by something else than VACUUM FULL and CLUSTER, and the stream does"
                        + " not tell that of a single partition");
    }

    private boolean isPartition(JsonNode relation) {
        String parent = relation.path("edge").asText().split(" ")[0];
        return now.path("relations").path(parent).path("kind").asText().equals("p");
    }

    private Optional<String> column(String number) {
        JsonNode known = before.path("columns").path(number);
        JsonNode present = now.path("columns").path(number);
        if (known.isMissingNode() || present.isMissingNode()) {
            return Optional.empty();
        }
        String name = present.path("name").asText();
        for (var label : known.path("labels").properties()) {
            JsonNode later = present.path("labels").path(label.getKey());
            if (!later.equals(label.getValue())) {
                return Optional.of("value " + label.getValue().asText() + " of column " + name + " was renamed"
                        + (later.isMissingNode() ? "" : " to " + later.asText())
                        + ", in older rows too, which the stream does not tell");
            }
        }
        for (var type : known.path("fields").properties()) {
            if (!present.path("fields").path(type.getKey()).equals(type.getValue())) {
                return Optional.of("the composite type of column " + name
                        + " was altered, and the stream does not tell what older rows look like now");
            }
        }
        boolean altered = !present.path("xmin").equals(known.path("xmin"));
        boolean filled =
                known.path("missing").asBoolean() && contains(now.path("files").path("filled"), number);
        return altered && !filled && isRewritten() ? Optional.of(rewritten(name, known, present)) : Optional.empty();
    }

    private static boolean contains(JsonNode numbers, String number) {
        for (JsonNode one : numbers) {
            if (one.asText().equals(number)) {
                return true;
            }
        }
        return false;
    }

    private static String rewritten(String name, JsonNode known, JsonNode present) {
        String before = known.path("type").asText();
        String after = present.path("type").asText();
        return "column " + name + " was altered"
                + (before.equals(after) ? "" : " from " + before + " to " + after)
                + " and the table was rewritten, so older rows may have other values, which the stream does not tell";
    }

    /** Relations with rows that came since. */
    List<Part> arrived() {
        List<Part> arrived = new ArrayList<>();
        JsonNode relations = now.path("relations");
        boolean partitioned = relations.properties().stream()
                .anyMatch(relation -> relation.getValue().path("kind").asText().equals("p"));
        for (var relation : relations.properties()) {
            JsonNode facts = relation.getValue();
            if (!before.path("relations").has(relation.getKey())
                    && !facts.path("kind").asText().equals("p")) {
                arrived.add(new Part(
                        facts.path("name").asText(),
                        SourceSql.quote(
                                facts.path("schema").asText(),
                                facts.path("table").asText()),
                        isBorn(relation.getKey()),
                        !partitioned,
                        facts.path("kind").asText().equals("f")));
            }
        }
        return arrived;
    }

    /** It and all between it and what was there before came into being as parts of the table. */
    private boolean isBorn(String relation) {
        String oid = relation;
        while (!before.path("relations").has(oid)) {
            JsonNode facts = now.path("relations").path(oid);
            if (!facts.path("born").asBoolean()) {
                return false;
            }
            oid = facts.path("edge").asText().split(" ")[0];
            if (oid.isEmpty()) {
                return true;
            }
        }
        return true;
    }
}
