package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.mapping.MappedColumn;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a destination table was loaded from, so that a sync notices what has changed on the source since. */
final class TableStructure {
    private static final Logger LOG = LoggerFactory.getLogger(TableStructure.class);

    private TableStructure() {}

    /** The data of a {@code STRUCTURE} entry of a {@code _resync} table. */
    static JsonNode ofResyncTable(TableMapping mapping) {
        return toJson(mapping).put("resync", true);
    }

    /** The data of a {@code STRUCTURE} entry. */
    static ObjectNode toJson(TableMapping mapping) {
        ObjectNode json = Journal.object();
        ObjectNode columns = json.putObject("columns");
        for (MappedColumn column : mapping.columns()) {
            columns.putObject(column.name())
                    .put("typeOid", column.source().typeOid())
                    .put("type", column.mapping().clickHouseType());
        }
        return json;
    }

    /**
     * The mapping with the columns that were loaded; columns added since are left out until a resync brings them.
     *
     * @throws EngineException when a loaded column was dropped, renamed or retyped
     */
    static TableMapping asLoaded(TableMapping now, JsonNode structure) {
        JsonNode loaded = structure.get("columns");
        loaded.properties().forEach(column -> {
            Optional<MappedColumn> present = now.columns().stream()
                    .filter(c -> c.name().equals(column.getKey()))
                    .findFirst();
            if (present.isEmpty()) {
                throw changed(now, "column " + column.getKey() + " was dropped, renamed or excluded");
            }
            boolean sameType = present.get().source().typeOid()
                            == column.getValue().get("typeOid").asLong()
                    && present.get()
                            .mapping()
                            .clickHouseType()
                            .equals(column.getValue().get("type").asText());
            if (!sameType) {
                throw changed(now, "column " + column.getKey() + " has another type, nullability or place in the key");
            }
        });
        List<MappedColumn> known =
                now.columns().stream().filter(c -> loaded.has(c.name())).toList();
        now.columns().stream()
                .filter(c -> !loaded.has(c.name()))
                .forEach(c -> LOG.warn(
                        "{}: column {} was added since the load and is left out until a resync brings it",
                        now.source().qualifiedName(),
                        c.name()));
        return new TableMapping(
                now.source(),
                now.target(),
                known,
                now.sortingKey(),
                now.identity(),
                now.engine(),
                now.partitionBy(),
                now.partitionKey());
    }

    private static EngineException changed(TableMapping mapping, String how) {
        return new EngineException("Table " + mapping.source().qualifiedName() + " has changed since it was loaded: "
                + how + ". Run resync.");
    }
}
