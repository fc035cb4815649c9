package io.jenkins.plugins.clickpipe.engine.journal;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The generations of a pipe's tables, as its swaps and rollbacks have left them. A rollback takes back the newest swap
 * and nothing else, so what older swaps have put aside is never what it puts in place.
 *
 * @param loaded by destination table, what its newest load has put in place: the pipe's changes belong to it
 * @param inPlace by destination table, what readers have; empty where a rollback left no table of that name
 * @param kept what is kept beside it, oldest first
 * @param newestSwap the run whose swap was the last one, whether it has kept what it replaced or not
 * @param rolledBackBy who has asked for the last rollback since the newest load
 */
public record Generations(
        Map<String, UUID> loaded,
        Map<String, Optional<UUID>> inPlace,
        List<Kept> kept,
        Optional<String> newestSwap,
        Optional<String> rolledBackBy) {
    static final Generations NONE = new Generations(Map.of(), Map.of(), List.of(), Optional.empty(), Optional.empty());

    public Generations {
        loaded = Map.copyOf(loaded);
        inPlace = Map.copyOf(inPlace);
        kept = List.copyOf(kept);
        requireNonNull(newestSwap);
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
     * @param instead what took its place; empty when nothing did
     */
    public record KeptTable(
            String table, String name, Optional<UUID> uuid, Optional<String> comment, Optional<UUID> instead) {}

    /** Destination tables in whose place a rollback has put another generation than the newest. */
    public List<String> rolledBack() {
        return inPlace.entrySet().stream()
                .filter(entry ->
                        !Optional.ofNullable(loaded.get(entry.getKey())).equals(entry.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /**
     * What a rollback puts back: what the tables of the newest swap have replaced, or, once that is rolled back, those
     * tables themselves. Empty when it was not kept or is gone.
     */
    public Optional<Kept> rollback() {
        return newestSwap.flatMap(run ->
                kept.stream().filter(generation -> generation.id().equals(run)).findFirst());
    }

    /** What a rollback puts back, when that is the newest load of every table that was rolled back. */
    public Optional<Kept> newestLoad() {
        return rollback().filter(generation -> rolledBack().stream().allMatch(table -> generation.tables().stream()
                .anyMatch(t -> t.table().equals(table) && t.uuid().equals(Optional.ofNullable(loaded.get(table))))));
    }

    /**
     * After a swap or rollback has gone forward.
     *
     * @param run that of its {@code SWAP_PLANNED} entry
     * @param plan the data of that entry
     */
    Generations after(String run, JsonNode plan) {
        boolean load = !plan.path("kind").asText().equals("rollback");
        Set<String> planned = new HashSet<>();
        plan.path("steps").forEach(step -> planned.add(step.get("table").asText()));
        Map<String, UUID> nowLoaded = new HashMap<>(loaded);
        Map<String, Optional<UUID>> nowInPlace = new HashMap<>(inPlace);
        if (load) {
            // Tables are loaded in part only where none is rolled back: one that is and does not come is the pipe's no
            // more.
            rolledBack().stream().filter(table -> !planned.contains(table)).forEach(table -> {
                nowLoaded.remove(table);
                nowInPlace.remove(table);
            });
        }
        Optional<String> newest = load ? Optional.of(run) : newestSwap;
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
                        Optional.ofNullable(step.get("originalComment")).map(JsonNode::asText),
                        incoming));
            }
        }
        if (!plan.hasNonNull("keptUntil")) {
            return new Generations(nowLoaded, nowInPlace, kept, newest, by);
        }
        Kept generation = new Kept(
                plan.get("generation").asText(),
                Instant.parse(plan.get("keptUntil").asText()),
                replaced);
        List<Kept> nowKept = new ArrayList<>(without(generation.id()).kept);
        nowKept.add(generation);
        return new Generations(nowLoaded, nowInPlace, nowKept, newest, by);
    }

    /** After the pipe has taken a table for its own as it stands. */
    Generations using(String table, UUID uuid) {
        Map<String, UUID> nowLoaded = new HashMap<>(loaded);
        Map<String, Optional<UUID>> nowInPlace = new HashMap<>(inPlace);
        nowLoaded.put(table, uuid);
        nowInPlace.put(table, Optional.of(uuid));
        return new Generations(nowLoaded, nowInPlace, kept, newestSwap, rolledBackBy);
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
                newestSwap,
                rolledBackBy);
    }

    /** After a table has left the pipe: where it stands is no matter of the pipe's any more. */
    Generations withoutTable(String table) {
        Map<String, UUID> stillLoaded = new HashMap<>(loaded);
        stillLoaded.remove(table);
        Map<String, Optional<UUID>> stillInPlace = new HashMap<>(inPlace);
        stillInPlace.remove(table);
        return new Generations(stillLoaded, stillInPlace, kept, newestSwap, rolledBackBy);
    }
}
