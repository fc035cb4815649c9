package io.jenkins.plugins.clickpipe.status;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who gives the engine a command: a build, or a person who has pressed a button.
 *
 * @param person for people to read; empty for a build
 */
public record Actor(Optional<BuildReference> build, String person) {
    public Actor {
        requireNonNull(build);
        requireNonNull(person);
    }

    public static Actor of(BuildReference build) {
        return new Actor(Optional.of(build), "");
    }

    public static Actor person(String name) {
        return new Actor(Optional.empty(), name);
    }

    static Actor read(JsonObject json) {
        return new Actor(BuildReference.read(json.object("build")), json.text("person"));
    }

    /** The fields of what it is written into. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        build.ifPresent(reference -> fields.put("build", reference.toJson().fields()));
        if (!person.isEmpty()) {
            fields.put("person", person);
        }
        return fields;
    }
}
