package io.jenkins.plugins.clickpipe.engine.swap;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Which tables change places, named by UUID so that repeating the swap can see how far it got.
 *
 * @param keep empty when the outgoing tables are dropped
 * @param startsAt up to where the incoming tables hold all changes, when another slot than theirs goes on
 * @param by who wants a rollback; empty for a swap
 */
public record SwapPlan(
        Kind kind, List<Step> steps, Optional<Keep> keep, Optional<LogSequenceNumber> startsAt, Optional<String> by) {
    public SwapPlan {
        requireNonNull(by);
        requireNonNull(startsAt);
        requireNonNull(kind);
        requireNonNull(keep);
        steps = List.copyOf(steps);
        if (steps.stream().anyMatch(step -> step.previousTable().isPresent() != keep.isPresent())) {
            throw new IllegalArgumentException("either all outgoing tables are kept or none");
        }
    }

    /** Why tables change places. */
    public enum Kind {
        /** A resync puts its new tables in place. */
        SWAP,
        /** A kept generation comes back. */
        ROLLBACK
    }

    /**
     * The outgoing tables stay for a time.
     *
     * @param generation names them
     */
    public record Keep(String generation, Instant until) {}

    /** A table that changes its place, with the comment it has in place. */
    public record Table(UUID uuid, String comment) {}

    /**
     * One table of the pipe.
     *
     * @param table the name that readers use
     * @param other the name under which the incoming table stands before the swap
     * @param incoming empty when the generation that comes has no such table
     * @param outgoing empty when readers have no such table yet
     * @param previousTable the name under which the outgoing table is kept; empty when it is dropped
     */
    public record Step(
            String table,
            String other,
            Optional<Table> incoming,
            Optional<Table> outgoing,
            Optional<String> previousTable) {
        Optional<UUID> incomingUuid() {
            return incoming.map(Table::uuid);
        }

        Optional<UUID> outgoingUuid() {
            return outgoing.map(Table::uuid);
        }
    }

    /** The name for a table of a kept generation. */
    public static String previousName(String table, String generation) {
        return table + "_clickpipe_previous_" + generation;
    }

    public JsonNode toJson() {
        ObjectNode json = Journal.object().put("kind", kind.name().toLowerCase(Locale.ROOT));
        ArrayNode array = json.putArray("steps");
        for (Step step : steps) {
            ObjectNode node = array.addObject().put("table", step.table()).put("resyncTable", step.other());
            step.incoming()
                    .ifPresent(t -> node.put("resyncUuid", t.uuid().toString()).put("resyncComment", t.comment()));
            step.outgoing().ifPresent(t -> node.put("originalUuid", t.uuid().toString())
                    .put("originalComment", t.comment()));
            step.previousTable().ifPresent(name -> node.put("previousTable", name));
        }
        keep.ifPresent(k -> json.put("generation", k.generation())
                .put("keptUntil", k.until().toString()));
        startsAt.ifPresent(lsn -> json.put("startsAt", lsn.asString()));
        by.ifPresent(person -> json.put("by", person));
        return json;
    }

    public static SwapPlan fromJson(JsonNode json) {
        List<Step> steps = new ArrayList<>();
        json.get("steps")
                .forEach(node -> steps.add(new Step(
                        node.get("table").asText(),
                        node.get("resyncTable").asText(),
                        table(node, "resync"),
                        table(node, "original"),
                        Optional.ofNullable(node.get("previousTable")).map(JsonNode::asText))));
        return new SwapPlan(
                json.hasNonNull("kind") ? Kind.valueOf(json.get("kind").asText().toUpperCase(Locale.ROOT)) : Kind.SWAP,
                steps,
                json.hasNonNull("keptUntil")
                        ? Optional.of(new Keep(
                                json.get("generation").asText(),
                                Instant.parse(json.get("keptUntil").asText())))
                        : Optional.empty(),
                Optional.ofNullable(json.get("startsAt")).map(JsonNode::asText).map(LogSequenceNumber::valueOf),
                Optional.ofNullable(json.get("by")).map(JsonNode::asText));
    }

    private static Optional<Table> table(JsonNode step, String prefix) {
        return Optional.ofNullable(step.get(prefix + "Uuid"))
                .map(uuid -> new Table(
                        UUID.fromString(uuid.asText()),
                        step.path(prefix + "Comment").asText()));
    }
}
