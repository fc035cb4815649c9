package io.jenkins.plugins.clickpipe.testbed;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/**
 * A further user of an embedded ClickHouse server, with the rights of the pipe's user and a settings profile of its
 * own.
 *
 * @param settings the profile's settings by name
 * @param fixed names of settings that the profile forbids to change
 * @param hidden filters of row policies for this user, by {@code database.table}
 */
public record ClickHouseUser(
        String name, Map<String, String> settings, List<String> fixed, Map<String, String> hidden) {
    public ClickHouseUser {
        requireNonNull(name);
        settings = Map.copyOf(settings);
        fixed = List.copyOf(fixed);
        hidden = Map.copyOf(hidden);
    }

    /** One whose profile has these settings and forbids nothing. */
    public static ClickHouseUser of(String name, Map<String, String> settings) {
        return new ClickHouseUser(name, settings, List.of(), Map.of());
    }

    String profileXml() {
        StringBuilder xml = new StringBuilder();
        settings.forEach((setting, value) ->
                xml.append("<%1$s>%2$s</%1$s>".formatted(setting, ClickHouseConfiguration.escape(value))));
        xml.append("<constraints>");
        fixed.forEach(setting -> xml.append("<%1$s><const/></%1$s>".formatted(setting)));
        return xml.append("</constraints>").toString();
    }

    String databasesXml() {
        StringBuilder xml = new StringBuilder();
        hidden.forEach((table, filter) -> {
            String[] parts = table.split("\\.", 2);
            xml.append("<%1$s><%2$s><filter>%3$s</filter></%2$s></%1$s>"
                    .formatted(parts[0], parts[1], ClickHouseConfiguration.escape(filter)));
        });
        return xml.toString();
    }
}
