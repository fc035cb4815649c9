package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import java.util.Optional;

/**
 * What became of a swap that waited for somebody's decision.
 *
 * @param outcome {@code approved}, {@code rejected} or {@code expired}
 * @param by who decided; empty when nobody did
 */
record Decision(String outcome, String by) {
    Decision {
        requireNonNull(outcome);
        requireNonNull(by);
    }

    /** @param event an {@code approval} event; empty while it tells that the decision is awaited */
    static Optional<Decision> of(JsonObject event) {
        return Optional.of(new Decision(event.text("state"), event.text("by")))
                .filter(decision -> !decision.outcome.equals("awaited"));
    }

    /** For the build's log. */
    String sentence(String pipe) {
        return switch (outcome) {
            case "approved" -> Messages.Decision_Approved(pipe, by);
            case "rejected" -> Messages.Decision_Rejected(pipe, by);
            default -> Messages.Decision_Expired(pipe);
        };
    }
}
