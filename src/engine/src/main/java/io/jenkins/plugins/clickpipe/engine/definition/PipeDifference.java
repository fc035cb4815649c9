package io.jenkins.plugins.clickpipe.engine.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What changed between two definitions of a pipe, for people. */
public final class PipeDifference {
    private static final String NONE = "none";
    private static final String DEFAULT = "default";
    private static final JsonNode DEFAULTS = SettingsSection.write(Settings.DEFAULTS);

    private final List<Change> changes = new ArrayList<>();

    private PipeDifference() {}

    /**
     * One changed value.
     *
     * @param path for example {@code settings.verify} or {@code tables[public.orders].sortingKeys}
     * @param before its text; {@code default} where the engine chooses, {@code none} for a table rule that was not there
     * @param after likewise
     */
    public record Change(String path, String before, String after) {
        @Override
        public String toString() {
            return path + ": " + before + " -> " + after;
        }
    }

    /**
     * Compares what {@link PipeFile#write} made, perhaps by another version of this software: a setting that one side
     * does not know counts as having its default. Rules are paired by their source; passwords are left out.
     *
     * @return in the order of the file; empty where nothing changed
     */
    public static List<Change> between(JsonNode before, JsonNode after) {
        PipeDifference difference = new PipeDifference();
        for (String key : keys(before, after)) {
            JsonNode old = before.path(key);
            JsonNode now = after.path(key);
            switch (key) {
                case "tables" -> difference.tables(old, now);
                case SettingsSection.NAME -> difference.entries(key, withDefaults(old), withDefaults(now));
                case "source", "target" -> difference.entries(key, old, now);
                default -> difference.value(key, old, now);
            }
        }
        return List.copyOf(difference.changes);
    }

    private void tables(JsonNode before, JsonNode after) {
        Map<String, JsonNode> old = bySource(before);
        Map<String, JsonNode> now = bySource(after);
        Set<String> all = new LinkedHashSet<>(now.keySet());
        all.addAll(old.keySet());
        for (String source : all) {
            String path = "tables[" + source + "]";
            if (!old.containsKey(source)) {
                changes.add(new Change(path, NONE, rule(now.get(source))));
            } else if (!now.containsKey(source)) {
                changes.add(new Change(path, rule(old.get(source)), NONE));
            } else {
                entries(path, old.get(source), now.get(source));
            }
        }
        List<String> oldOrder = old.keySet().stream().filter(now::containsKey).toList();
        List<String> nowOrder = now.keySet().stream().filter(old::containsKey).toList();
        if (!oldOrder.equals(nowOrder)) {
            changes.add(new Change("order of tables", String.join(", ", oldOrder), String.join(", ", nowOrder)));
        }
    }

    private void entries(String path, JsonNode before, JsonNode after) {
        for (String key : keys(before, after)) {
            if (!key.equals("password")) {
                value(path + "." + key, before.path(key), after.path(key));
            }
        }
    }

    private void value(String path, JsonNode before, JsonNode after) {
        String old = text(before);
        String now = text(after);
        if (!old.equals(now)) {
            changes.add(new Change(path, old, now));
        }
    }

    private static Map<String, JsonNode> bySource(JsonNode rules) {
        Map<String, JsonNode> bySource = new LinkedHashMap<>();
        rules.forEach(rule -> bySource.put(rule.path("source").asText(), rule));
        return bySource;
    }

    private static JsonNode withDefaults(JsonNode settings) {
        ObjectNode all = DEFAULTS.deepCopy();
        settings.properties().forEach(entry -> all.set(entry.getKey(), entry.getValue()));
        return all;
    }

    private static Set<String> keys(JsonNode before, JsonNode after) {
        Set<String> keys = new LinkedHashSet<>();
        after.fieldNames().forEachRemaining(keys::add);
        before.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** A rule that came or went, in short: its target, or what else it says. */
    private static String rule(JsonNode rule) {
        String said = rule.properties().stream()
                .filter(entry -> !entry.getKey().equals("source"))
                .filter(entry -> !text(entry.getValue()).equals(text(MissingNode.getInstance())))
                .map(entry -> entry.getKey() + " " + text(entry.getValue()))
                .collect(Collectors.joining(", "));
        return said.isEmpty() ? "with defaults" : said;
    }

    /** Nothing and an empty list both leave the choice to the engine. */
    private static String text(JsonNode value) {
        if (value.isMissingNode() || value.isNull() || (value.isArray() && value.isEmpty())) {
            return DEFAULT;
        }
        if (value.isArray()) {
            return StreamSupport.stream(value.spliterator(), false)
                    .map(JsonNode::asText)
                    .collect(Collectors.joining(", "));
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }
}
