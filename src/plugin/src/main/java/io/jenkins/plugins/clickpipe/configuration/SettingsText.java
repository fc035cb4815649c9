package io.jenkins.plugins.clickpipe.configuration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A pipe's settings as texts by the names of the pipe file, without secrets. */
public final class SettingsText {
    private SettingsText() {}

    /** Without the ids of credentials. */
    public static Map<String, String> of(Pipe pipe) {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("source.host", pipe.getSource().getHost());
        text.put("source.port", String.valueOf(pipe.getSource().getPort()));
        text.put("source.database", pipe.getSource().getDatabase());
        text.put("source.sslMode", pipe.getSource().getSslMode());
        text.put("target.url", pipe.getTarget().getUrl());
        text.put("target.database", pipe.getTarget().getDatabase());
        int number = 0;
        for (TableRule rule : pipe.getTables()) {
            rule(text, "tables[" + number++ + "].", rule);
        }
        if (pipe.getSettings() != null) {
            pipe.getSettings().named().forEach((name, value) -> text.put(name, String.valueOf(value)));
        }
        return text;
    }

    /** The ids of the credentials. */
    public static Map<String, String> credentials(Pipe pipe) {
        String target = pipe.getTarget().getCredentialsId();
        Map<String, String> text = new LinkedHashMap<>();
        text.put("source.credentialsId", pipe.getSource().getCredentialsId());
        text.put("target.credentialsId", target == null ? "(none: the user default without a password)" : target);
        return text;
    }

    private static void rule(Map<String, String> text, String path, TableRule rule) {
        text.put(path + "source", rule.getSource());
        names(text, path + "exclude", rule.getExclude());
        name(text, path + "target", rule.getTarget());
        names(text, path + "excludedColumns", rule.getExcludedColumns());
        names(text, path + "sortingKeys", rule.getSortingKeys());
        name(text, path + "tableEngine", rule.getTableEngine());
        name(text, path + "partitionKey", rule.getPartitionKey());
        name(text, path + "partitionBy", rule.getPartitionBy());
    }

    private static void names(Map<String, String> text, String path, List<String> names) {
        if (!names.isEmpty()) {
            text.put(path, String.join(", ", names));
        }
    }

    private static void name(Map<String, String> text, String path, String name) {
        if (name != null) {
            text.put(path, name);
        }
    }
}
