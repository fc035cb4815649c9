package io.jenkins.plugins.clickpipe.engine.swap;

import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Step;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which tables readers have while a swap or rollback stands half way, so that nobody has to guess it.
 *
 * @param incoming names under which readers have the table that comes
 * @param outgoing names under which they have the one that goes
 * @param others names under which they have neither
 */
public record Mixture(SwapPlan.Kind kind, List<String> incoming, List<String> outgoing, List<String> others) {
    public Mixture {
        incoming = List.copyOf(incoming);
        outgoing = List.copyOf(outgoing);
        others = List.copyOf(others);
    }

    /** Looks where the tables of a plan stand now. */
    public static Mixture of(TargetCatalog catalog, SwapPlan plan) {
        Map<String, UUID> inPlace =
                catalog.uuids(plan.steps().stream().map(Step::table).collect(Collectors.toSet()));
        List<String> incoming = new ArrayList<>();
        List<String> outgoing = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Step step : plan.steps()) {
            Optional<UUID> uuid = Optional.ofNullable(inPlace.get(step.table()));
            List<String> names =
                    uuid.equals(step.incomingUuid()) ? incoming : uuid.equals(step.outgoingUuid()) ? outgoing : others;
            names.add(step.table());
        }
        return new Mixture(plan.kind(), incoming, outgoing, others);
    }

    /** What readers see, as one sentence. */
    public String sentence() {
        String comes = kind == SwapPlan.Kind.SWAP ? "the new " : "the previous ";
        String goes = kind == SwapPlan.Kind.SWAP ? "the old " : "the not yet rolled back ";
        if (outgoing.isEmpty() && others.isEmpty()) {
            return "Readers have " + comes + String.join(", ", incoming) + ", which are all tables of it.";
        }
        if (incoming.isEmpty() && others.isEmpty()) {
            return "Readers have " + goes + String.join(", ", outgoing) + ", which are all tables of it.";
        }
        List<String> parts = new ArrayList<>();
        if (!incoming.isEmpty()) {
            parts.add(comes + String.join(", ", incoming));
        }
        if (!outgoing.isEmpty()) {
            parts.add(goes + String.join(", ", outgoing));
        }
        if (!others.isEmpty()) {
            parts.add("something else as " + String.join(", ", others) + ", which somebody has dropped or replaced");
        }
        return "The tables are mixed: readers have " + String.join(", and ", parts) + ".";
    }
}
