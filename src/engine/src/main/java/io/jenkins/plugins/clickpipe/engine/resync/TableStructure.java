package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.changes.Value;
import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.mapping.MappedColumn;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.SourceColumn;
import io.jenkins.plugins.clickpipe.engine.types.TextTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.replication.LogSequenceNumber;

/** What a destination table was made from, so that a sync notices what has changed on the source since. */
final class TableStructure {
    private TableStructure() {}

    /**
     * How a source table differs from what its destination was made from.
     *
     * @param followed the present table with the columns that the destination has or is to get
     * @param added of these, the ones that came since
     * @param nullable of these, the ones that may be NULL since
     * @param dropped names of the destination's columns that the source has no more
     * @param misfit why changes of the table cannot be followed; then the other figures mean nothing
     */
    record Difference(
            TableMapping followed,
            List<MappedColumn> added,
            List<MappedColumn> nullable,
            List<String> dropped,
            Optional<String> misfit) {
        boolean isEmpty() {
            return added.isEmpty() && nullable.isEmpty() && dropped.isEmpty() && misfit.isEmpty();
        }
    }

    /** The data of a {@code STRUCTURE} entry of a {@code _resync} table. */
    static JsonNode ofResyncTable(TableMapping mapping) {
        return ofResyncTable(mapping, Optional.empty());
    }

    /**
     * The same.
     *
     * @param startsAt up to where it holds all changes, when that is not where the run's slot starts
     */
    static JsonNode ofResyncTable(TableMapping mapping, Optional<LogSequenceNumber> startsAt) {
        ObjectNode json = toJson(mapping).put("resync", true);
        startsAt.ifPresent(lsn -> json.put("startsAt", lsn.asString()));
        return json;
    }

    /** The data of a {@code STRUCTURE} entry of a table that was just loaded. */
    static ObjectNode toJson(TableMapping mapping) {
        return toJson(mapping, Map.of());
    }

    /**
     * The data of a {@code STRUCTURE} entry.
     *
     * @param older by name of a column that came after the load, what older rows have
     */
    static ObjectNode toJson(TableMapping mapping, Map<String, Value> older) {
        ObjectNode json = Journal.object()
                .put("source", mapping.source().qualifiedName())
                .put("oid", mapping.source().oid());
        ObjectNode columns = json.putObject("columns");
        for (MappedColumn column : mapping.columns()) {
            ObjectNode one = columns.putObject(column.name())
                    .put("number", column.source().number())
                    .put("typeOid", column.source().typeOid())
                    .put("type", column.mapping().clickHouseType());
            Value value = older.get(column.name());
            if (value != null) {
                one.putObject("older").put("value", value instanceof Value.Text text ? text.text() : null);
            }
        }
        json.put(
                "lastNumber",
                mapping.source().columns().stream()
                        .mapToInt(SourceColumn::number)
                        .max()
                        .orElse(0));
        ArrayNode identity = json.putArray("identity");
        mapping.identity().forEach(identity::add);
        ArrayNode sortingKey = json.putArray("sortingKey");
        mapping.sortingKey().forEach(sortingKey::add);
        json.put("engine", mapping.engine().label());
        json.put("partitionBy", mapping.partitionBy().orElse(""));
        json.set("shape", mapping.source().shape().facts());
        return json;
    }

    /** By name of a column that came after the load, what older rows have. */
    static Map<String, Value> older(JsonNode structure) {
        Map<String, Value> older = new HashMap<>();
        structure.get("columns").properties().forEach(column -> {
            JsonNode value = column.getValue().path("older").path("value");
            if (!value.isMissingNode()) {
                older.put(column.getKey(), value.isNull() ? Value.NULL : Value.text(value.asText()));
            }
        });
        return older;
    }

    /** What has changed of that which the stream does not tell; empty where an older version has journalled nothing of it. */
    static Optional<ShapeChange> shapeChange(TableMapping now, JsonNode structure) {
        return structure.has("shape")
                ? Optional.of(new ShapeChange(
                        structure.get("shape"), now.source().shape().facts()))
                : Optional.empty();
    }

    private static Optional<String> rowsChanged(
            TableMapping now, JsonNode structure, List<MappedColumn> followed, List<MappedColumn> added) {
        Optional<ShapeChange> change = shapeChange(now, structure);
        Set<Integer> numbers =
                followed.stream().map(column -> column.source().number()).collect(Collectors.toSet());
        return change.flatMap(shape -> shape.rowsChanged(numbers)).or(() -> change.filter(ShapeChange::isRewritten)
                .flatMap(rewritten -> added.stream()
                        .filter(column -> column.source().older().value().isEmpty())
                        .findFirst())
                .map(column -> "column " + column.name() + " came and the table was rewritten, so older rows may have"
                        + " values in it that the stream does not tell"));
    }

    static Difference difference(TableMapping now, JsonNode structure) {
        JsonNode loaded = structure.get("columns");
        List<String> sortingKey = texts(structure.get("sortingKey"), now.sortingKey());
        List<String> identity = texts(structure.get("identity"), now.identity());
        if (!Set.copyOf(identity).equals(Set.copyOf(now.identity()))) {
            return misfit(
                    now,
                    "its key or replica identity changed from " + names(identity) + " to " + names(now.identity()));
        }
        List<MappedColumn> followed = new ArrayList<>();
        List<MappedColumn> nullable = new ArrayList<>();
        List<String> dropped = new ArrayList<>();
        for (var column : loaded.properties()) {
            String name = column.getKey();
            Optional<MappedColumn> present =
                    now.columns().stream().filter(c -> c.name().equals(name)).findFirst();
            if (present.isEmpty()) {
                Optional<String> misfit = loss(now, name, column.getValue(), sortingKey);
                if (misfit.isPresent()) {
                    return misfit(now, misfit.get());
                }
                dropped.add(name);
                continue;
            }
            Optional<String> misfit = misfit(present.get(), column.getValue());
            if (misfit.isPresent()) {
                return misfit(now, misfit.get());
            }
            MappedColumn kept = present.get();
            String before = column.getValue().get("type").asText();
            boolean wasNullable = isNullable(before);
            boolean isNullable = isNullable(kept.mapping().clickHouseType());
            if (isNullable && !wasNullable && !sortingKey.contains(name)) {
                nullable.add(kept);
                followed.add(kept);
            } else {
                // The stream may still bring NULLs from before SET NOT NULL, and the destination takes them.
                followed.add(new MappedColumn(kept.source(), kept.mapping().into(before, wasNullable)));
            }
        }
        int last = structure.path("lastNumber").asInt(Integer.MAX_VALUE);
        // A column that was there before and is not followed was excluded; including it waits for the next resync.
        List<MappedColumn> added = now.columns().stream()
                .filter(c -> !loaded.has(c.name()) && c.source().number() > last)
                .toList();
        for (MappedColumn column : added) {
            if (column.source().older().perRow()) {
                return misfit(
                        now,
                        "column " + column.name()
                                + " came with a default that differs from row to row or was set later,"
                                + " and the stream does not tell the values of older rows");
            }
        }
        Optional<String> rowsChanged = rowsChanged(now, structure, followed, added);
        if (rowsChanged.isPresent()) {
            return misfit(now, rowsChanged.get());
        }
        followed.addAll(added);
        return new Difference(
                new TableMapping(
                        now.source(),
                        now.target(),
                        followed,
                        sortingKey,
                        now.identity(),
                        engine(structure).orElse(now.engine()),
                        partitionBy(structure).orElse(now.partitionBy()),
                        now.partitionKey()),
                added,
                nullable,
                dropped,
                Optional.empty());
    }

    /**
     * What the pipe file says otherwise than when the table was loaded, as phrases; its changes go on into the table as
     * it is. Entries of the first versions tell of the sorting key alone.
     *
     * @param target the destination that it was loaded into
     */
    static List<String> reconfigured(TableMapping now, String target, JsonNode structure) {
        List<String> phrases = new ArrayList<>();
        if (!now.target().equals(target)) {
            phrases.add("target " + now.target() + " instead of " + target);
        }
        engine(structure)
                .filter(engine -> engine != now.engine())
                .ifPresent(
                        engine -> phrases.add("tableEngine " + now.engine().label() + " instead of " + engine.label()));
        List<String> sortingKey = texts(structure.get("sortingKey"), now.sortingKey());
        if (!sortingKey.equals(now.sortingKey())) {
            phrases.add("sortingKeys " + names(now.sortingKey()) + " instead of " + names(sortingKey));
        }
        partitionBy(structure)
                .filter(before -> !before.equals(now.partitionBy()))
                .ifPresent(before -> phrases.add("partitionBy "
                        + now.partitionBy().orElse("nothing") + " instead of " + before.orElse("nothing")));
        return phrases;
    }

    private static Optional<TableEngine> engine(JsonNode structure) {
        return Stream.of(TableEngine.values())
                .filter(engine -> engine.label().equals(structure.path("engine").asText()))
                .findFirst();
    }

    private static Optional<Optional<String>> partitionBy(JsonNode structure) {
        return structure.has("partitionBy")
                ? Optional.of(Optional.of(structure.get("partitionBy").asText()).filter(text -> !text.isEmpty()))
                : Optional.empty();
    }

    private static Optional<String> loss(TableMapping now, String name, JsonNode loaded, List<String> sortingKey) {
        Optional<SourceColumn> renamed = now.source().columns().stream()
                .filter(c -> loaded.has("number")
                        && c.number() == loaded.get("number").asInt())
                .filter(c -> !c.name().equals(name))
                .findFirst();
        if (renamed.isPresent()) {
            return Optional.of(
                    "column " + name + " was renamed to " + renamed.get().name());
        }
        return sortingKey.contains(name)
                ? Optional.of("column " + name + " of its sorting key was dropped or excluded")
                : Optional.empty();
    }

    private static Optional<String> misfit(MappedColumn now, JsonNode loaded) {
        if (loaded.has("number") && loaded.get("number").asInt() != now.source().number()) {
            return Optional.of("column " + now.name() + " was dropped and made again");
        }
        boolean sameType =
                TextTypes.isSame(now.source().typeOid(), loaded.get("typeOid").asLong())
                        && bare(now.mapping().clickHouseType())
                                .equals(bare(loaded.get("type").asText()));
        return sameType ? Optional.empty() : Optional.of("column " + now.name() + " has another type");
    }

    /** Types that differ in nothing but the Nullable around the first. */
    static boolean isNullableFormOf(String nullable, String type) {
        return isNullable(nullable) && bare(nullable).equals(type);
    }

    private static boolean isNullable(String type) {
        return !bare(type).equals(type);
    }

    /** A type without the Nullable around it. */
    private static String bare(String type) {
        if (type.startsWith("Nullable(")) {
            return type.substring("Nullable(".length(), type.length() - 1);
        }
        return type.startsWith("LowCardinality(Nullable(")
                ? "LowCardinality(" + type.substring("LowCardinality(Nullable(".length(), type.length() - 1)
                : type;
    }

    private static List<String> texts(JsonNode array, List<String> absent) {
        if (array == null) {
            return absent;
        }
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static String names(List<String> columns) {
        return columns.isEmpty() ? "no column" : String.join(", ", columns);
    }

    private static Difference misfit(TableMapping now, String how) {
        return new Difference(now, List.of(), List.of(), List.of(), Optional.of(how));
    }
}
