package io.jenkins.plugins.clickpipe.engine.swap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Which tables change places, named by UUID so that repeating the swap can see how far it got. */
public record SwapPlan(List<Step> steps) {
    public SwapPlan {
        steps = List.copyOf(steps);
    }

    /**
     * One table of the pipe.
     *
     * @param table the name that readers use
     * @param resyncTable the name under which the new data was loaded
     * @param original empty when readers have no such table yet
     */
    public record Step(String table, String resyncTable, UUID resync, Optional<UUID> original) {}

    public JsonNode toJson() {
        ObjectNode json = Journal.object();
        ArrayNode array = json.putArray("steps");
        for (Step step : steps) {
            ObjectNode node = array.addObject()
                    .put("table", step.table())
                    .put("resyncTable", step.resyncTable())
                    .put("resyncUuid", step.resync().toString());
            step.original().ifPresent(uuid -> node.put("originalUuid", uuid.toString()));
        }
        return json;
    }

    public static SwapPlan fromJson(JsonNode json) {
        List<Step> steps = new ArrayList<>();
        json.get("steps")
                .forEach(node -> steps.add(new Step(
                        node.get("table").asText(),
                        node.get("resyncTable").asText(),
                        UUID.fromString(node.get("resyncUuid").asText()),
                        Optional.ofNullable(node.get("originalUuid"))
                                .map(JsonNode::asText)
                                .map(UUID::fromString))));
        return new SwapPlan(steps);
    }
}
