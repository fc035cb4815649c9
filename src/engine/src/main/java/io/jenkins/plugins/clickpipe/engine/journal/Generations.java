package io.jenkins.plugins.clickpipe.engine.journal;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The generations of a pipe's tables, as its swaps and rollbacks have left them.
 *
 * @param loaded by destination table, what its newest load has put in place: the pipe's changes belong to it
 * @param inPlace by destination table, what readers have; empty where a rollback left no table of that name
 * @param kept what is kept beside it, oldest first
 * @param rolledBackBy who has asked for the last rollback since the newest load
 */
public record Generations(
        Map<String, UUID> loaded, Map<String, Optional<UUID>> inPlace, List<Kept> kept, Optional<String> rolledBackBy) {
    static final Generations NONE = new Generations(Map.of(), Map.of(), List.of(), Optional.empty());

    public Generations {
        loaded = Map.copyOf(loaded);
        inPlace = Map.copyOf(inPlace);
        kept = List.copyOf(kept);
        requireNonNull(rolledBackBy);
    }

    /**
     * Tables that a swap replaced, or that a rollback put aside.
     *
     * @param id the run whose swap made it
     * @param until when the next command may drop it
     */
    public record Kept(String id, Instant until, List<KeptTable> tables) {
        public Kept {
            tables = List.copyOf(tables);
        }
    }

    /**
     * One table of a kept generation.
     *
     * @param table the destination table in whose place it stood
     * @param name the name it is kept under
     * @param uuid empty when the generation has no such table
     * @param comment the comment it had in its place
     */
    public record KeptTable(String table, String name, Optional<UUID> uuid, Optional<String> comment) {}

    /** Destination tables in whose place a rollback has put another generation than the newest. */
    public List<String> rolledBack() {
        return inPlace.entrySet().stream()
                .filter(entry ->
                        !Optional.ofNullable(loaded.get(entry.getKey())).equals(entry.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** A generation that holds the newest load of every table that was rolled back, so that a rollback returns to it. */
    public Optional<Kept> newestLoad() {
        return kept.stream()
                .filter(generation -> rolledBack().stream().allMatch(table -> generation.tables().stream()
                        .anyMatch(t ->
                                t.table().equals(table) && t.uuid().equals(Optional.ofNullable(loaded.get(table))))))
                .findFirst();
    }

    /** After a swap or rollback, given the data of its {@code SWAP_PLANNED} entry, has gone forward. */
    Generations after(JsonNode plan) {
        boolean load = !plan.path("kind").asText().equals("rollback");
        Map<String, UUID> nowLoaded = new HashMap<>(loaded);
        Map<String, Optional<UUID>> nowInPlace = new HashMap<>(inPlace);
        List<KeptTable> replaced = new ArrayList<>();
        Optional<String> by = Optional.ofNullable(plan.get("by")).map(JsonNode::asText);
        for (JsonNode step : plan.path("steps")) {
            String table = step.get("table").asText();
            Optional<UUID> incoming = uuid(step, "resyncUuid");
            if (load) {
                incoming.ifPresent(uuid -> nowLoaded.put(table, uuid));
            }
            nowInPlace.put(table, incoming);
            if (step.hasNonNull("previousTable")) {
                replaced.add(new KeptTable(
                        table,
                        step.get("previousTable").asText(),
                        uuid(step, "originalUuid"),
                        Optional.ofNullable(step.get("originalComment")).map(JsonNode::asText)));
            }
        }
        if (!plan.hasNonNull("keptUntil")) {
            return new Generations(nowLoaded, nowInPlace, kept, by);
        }
        Kept generation = new Kept(
                plan.get("generation").asText(),
                Instant.parse(plan.get("keptUntil").asText()),
                replaced);
        List<Kept> nowKept = new ArrayList<>(without(generation.id()).kept);
        nowKept.add(generation);
        return new Generations(nowLoaded, nowInPlace, nowKept, by);
    }

    private static Optional<UUID> uuid(JsonNode step, String key) {
        return Optional.ofNullable(step.get(key)).map(JsonNode::asText).map(UUID::fromString);
    }

    /** After a kept generation was dropped. */
    Generations without(String id) {
        return new Generations(
                loaded,
                inPlace,
                kept.stream().filter(generation -> !generation.id().equals(id)).toList(),
                rolledBackBy);
    }
}
