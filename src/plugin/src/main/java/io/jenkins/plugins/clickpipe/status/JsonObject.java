package io.jenkins.plugins.clickpipe.status;

import static java.util.Objects.requireNonNull;

import groovy.json.JsonOutput;
import groovy.json.JsonSlurperClassic;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON object that is never changed. A field that is missing, null or of another type reads as empty, since a reader
 * of the engine's events passes over what it does not know.
 */
public final class JsonObject {
    /** Without fields. */
    public static final JsonObject EMPTY = new JsonObject(Map.of());

    private final Map<?, ?> fields;

    private JsonObject(Map<?, ?> fields) {
        this.fields = requireNonNull(fields);
    }

    /** A map from text to what JSON can hold; the caller does not change it any more. */
    public static JsonObject of(Map<?, ?> fields) {
        return new JsonObject(fields);
    }

    /**
     * Reads a text; one that is no object gives an object without fields.
     *
     * @throws groovy.json.JsonException when the text is no JSON
     */
    public static JsonObject parse(String text) {
        return new JsonSlurperClassic().parseText(text) instanceof Map<?, ?> map ? new JsonObject(map) : EMPTY;
    }

    /** This object with another value of one field. */
    JsonObject with(String key, Object value) {
        Map<Object, Object> changed = new LinkedHashMap<>(fields);
        changed.put(key, value instanceof JsonObject object ? object.fields : value);
        return new JsonObject(changed);
    }

    /** Empty when missing. */
    public String text(String key) {
        return fields.get(key) instanceof String text ? text : "";
    }

    /** 0 when missing. */
    public long count(String key) {
        return fields.get(key) instanceof Number number ? number.longValue() : 0;
    }

    /** 0 when missing. */
    public double decimal(String key) {
        return fields.get(key) instanceof Number number ? number.doubleValue() : 0;
    }

    /** False when missing. */
    public boolean flag(String key) {
        return Boolean.TRUE.equals(fields.get(key));
    }

    /** Empty when missing or no instant. */
    public Optional<Instant> instant(String key) {
        try {
            return Optional.of(text(key)).filter(text -> !text.isEmpty()).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Without fields when missing. */
    public JsonObject object(String key) {
        return fields.get(key) instanceof Map<?, ?> map ? new JsonObject(map) : EMPTY;
    }

    /** Empty when missing. */
    public List<JsonObject> objects(String key) {
        return list(key).stream()
                .filter(Map.class::isInstance)
                .map(element -> new JsonObject((Map<?, ?>) element))
                .toList();
    }

    /** Empty when missing. */
    public List<String> texts(String key) {
        return list(key).stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }

    private List<?> list(String key) {
        return fields.get(key) instanceof List<?> list ? list : List.of();
    }

    /** Whether there is a value. */
    public boolean has(String key) {
        return fields.get(key) != null;
    }

    public boolean isEmpty() {
        return fields.isEmpty();
    }

    /** The fields as they are. */
    public Map<?, ?> fields() {
        return fields;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonObject object && fields.equals(object.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    /** As JSON. */
    @Override
    public String toString() {
        return JsonOutput.toJson(fields);
    }
}
