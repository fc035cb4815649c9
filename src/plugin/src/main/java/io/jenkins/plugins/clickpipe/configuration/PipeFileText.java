package io.jenkins.plugins.clickpipe.configuration;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pipe as the text of the engine's pipe file, with its secrets: for the engine's eyes alone. YAML in flow style with
 * every text in double quotes. No text is read as a reference to the agent's environment.
 */
final class PipeFileText {
    private final StringBuilder text = new StringBuilder();

    private PipeFileText() {}

    /** @param owner null where the engine is not to compare it */
    static String of(Pipe pipe, String owner, Login source, Login target) {
        requireNonNull(source);
        requireNonNull(target);
        Map<String, Object> from = new LinkedHashMap<>();
        from.put("host", pipe.getSource().getHost());
        from.put("port", pipe.getSource().getPort());
        from.put("database", pipe.getSource().getDatabase());
        from.put("user", source.user());
        from.put("password", source.password());
        from.put("sslMode", pipe.getSource().getSslMode());
        Map<String, Object> to = new LinkedHashMap<>();
        to.put("url", pipe.getTarget().getUrl());
        to.put("database", pipe.getTarget().getDatabase());
        to.put("user", target.user());
        to.put("password", target.password());
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("name", pipe.getName());
        put(file, "owner", owner);
        file.put("source", from);
        file.put("target", to);
        file.put("tables", pipe.getTables().stream().map(PipeFileText::entry).toList());
        if (pipe.getSettings() != null) {
            file.put("settings", pipe.getSettings().named());
        }
        PipeFileText writer = new PipeFileText();
        writer.append(file);
        return writer.text.append('\n').toString();
    }

    private static Map<String, Object> entry(TableRule rule) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("source", rule.getSource());
        put(entry, "exclude", rule.getExclude());
        put(entry, "target", rule.getTarget());
        put(entry, "excludedColumns", rule.getExcludedColumns());
        put(entry, "sortingKeys", rule.getSortingKeys());
        put(entry, "tableEngine", rule.getTableEngine());
        put(entry, "partitionKey", rule.getPartitionKey());
        put(entry, "partitionBy", rule.getPartitionBy());
        return entry;
    }

    private static void put(Map<String, Object> entry, String key, Object value) {
        if (value != null && !(value instanceof List<?> list && list.isEmpty())) {
            entry.put(key, value);
        }
    }

    private void append(Object value) {
        if (value instanceof Map<?, ?> map) {
            String before = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                text.append(before).append(entry.getKey()).append(": ");
                append(entry.getValue());
                before = ", ";
            }
            text.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> list) {
            String before = "[";
            for (Object element : list) {
                text.append(before);
                append(element);
                before = ", ";
            }
            text.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof String string) {
            quote(string);
        } else {
            text.append(value);
        }
    }

    /** YAML 1.2.2, 5.7 Escaped Characters; <code>$${</code> is the pipe file's plain <code>${</code>. */
    private void quote(String string) {
        text.append('"');
        string.replace("${", "$${").codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                text.append('\\').appendCodePoint(point);
            } else if (point >= ' ' && point < 0x7F) {
                text.appendCodePoint(point);
            } else {
                text.append(String.format("\\U%08x", point));
            }
        });
        text.append('"');
    }

    /** Who logs in to a server. */
    record Login(String user, String password) {
        /** ClickHouse's own user, who has no password unless somebody gave it one. */
        static final Login CLICKHOUSE_DEFAULT = new Login("default", "");

        Login {
            requireNonNull(user);
            requireNonNull(password);
        }

        @Override
        public String toString() {
            return user;
        }
    }
}
