package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import java.util.Map;
import java.util.Optional;

/**
 * Which destination table was loaded from which source table. A source table is known by its OID, so that another table
 * of its name is not taken for it; with its name, the pipe file may give it another destination, and with its destination
 * another name. Entries of older versions tell its name alone.
 *
 * @param structures by destination table
 */
record LoadedSources(Map<String, JsonNode> structures) {
    LoadedSources {
        structures = Map.copyOf(structures);
    }

    /** The destination that a source table was loaded into; the one that the pipe file names where there are several. */
    Optional<String> targetOf(TableMapping mapping) {
        JsonNode named = structures.get(mapping.target());
        if (named != null && isOf(named, mapping.source())) {
            return Optional.of(mapping.target());
        }
        return structures.entrySet().stream()
                .filter(entry -> isOf(entry.getValue(), mapping.source()))
                // Renamed as well, it is no longer what the destination was made for.
                .filter(entry -> entry.getValue()
                        .path("source")
                        .asText()
                        .equals(mapping.source().qualifiedName()))
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst();
    }

    private static boolean isOf(JsonNode structure, SourceTable source) {
        return structure.hasNonNull("oid")
                ? structure.get("oid").asLong() == source.oid()
                : structure.path("source").asText().equals(source.qualifiedName());
    }

    /** Why a destination that the pipe file gives to a source table is not fed by it. */
    String another(TableMapping mapping) {
        String before = structures.get(mapping.target()).path("source").asText();
        String now = mapping.source().qualifiedName();
        return before.equals(now)
                ? "the source has another table of that name now: it was dropped and made anew, or another one was renamed"
                        + " to its name"
                : "it was loaded from " + before + ", and the pipe file now names " + now + " as its source";
    }
}
