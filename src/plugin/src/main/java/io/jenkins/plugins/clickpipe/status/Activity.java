package io.jenkins.plugins.clickpipe.status;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A command that the engine was given.
 *
 * @param command the engine's word for it
 * @param phase as in the engine's events; {@link #STARTING} before the first one
 * @param ended empty while it is under way
 * @param succeeded false while it is under way
 * @param message the sentence that ended it
 */
public record Activity(
        String command,
        Actor actor,
        Instant started,
        String phase,
        Optional<Instant> ended,
        boolean succeeded,
        String message) {
    /** The engine starts and validates; nothing is changed yet. */
    public static final String STARTING = "Checks";

    public Activity {
        requireNonNull(command);
        requireNonNull(actor);
        requireNonNull(started);
        requireNonNull(phase);
        requireNonNull(ended);
        requireNonNull(message);
    }

    static Activity begun(String command, Actor actor, Instant started) {
        return new Activity(command, actor, started, STARTING, Optional.empty(), false, "");
    }

    Activity inPhase(String next) {
        return new Activity(command, actor, started, next, ended, succeeded, message);
    }

    Activity ended(Instant time, boolean well, String sentence) {
        return new Activity(command, actor, started, phase, Optional.of(time), well, sentence);
    }

    /** The build that gave it; empty when a person did. */
    public Optional<BuildReference> build() {
        return actor.build();
    }

    /** Empty for an object without fields. */
    static Optional<Activity> read(JsonObject json) {
        return json.isEmpty()
                ? Optional.empty()
                : Optional.of(new Activity(
                        json.text("command"),
                        Actor.read(json),
                        json.instant("started").orElse(Instant.EPOCH),
                        json.text("phase"),
                        json.instant("ended"),
                        json.flag("succeeded"),
                        json.text("message")));
    }

    JsonObject toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("command", command);
        json.putAll(actor.fields());
        json.put("started", started.toString());
        json.put("phase", phase);
        json.put("ended", ended.map(Instant::toString).orElse(null));
        json.put("succeeded", succeeded);
        json.put("message", message);
        return JsonObject.of(json);
    }
}
