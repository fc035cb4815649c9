package io.jenkins.plugins.clickpipe.engine.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces <code>${NAME}</code> by the environment's value. <code>$${</code> stands for a plain <code>${</code>. What
 * a value holds is not looked at again.
 */
final class EnvironmentReferences {
    private static final Pattern REFERENCE =
            Pattern.compile("(?<escape>\\$\\$\\{)|\\$\\{(?<name>[A-Za-z_][A-Za-z0-9_]*)}|\\$\\{");

    private final Map<String, String> environment;

    EnvironmentReferences(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * @param used at least one reference was replaced
     * @param problems for messages; empty when {@code text} can be used
     */
    record Result(String text, boolean used, List<String> problems) {}

    Result resolve(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        List<String> problems = new ArrayList<>();
        boolean used = false;
        while (matcher.find()) {
            String replacement = "";
            String name = matcher.group("name");
            if (matcher.group("escape") != null) {
                replacement = "${";
            } else if (name == null) {
                problems.add("\"${\" must be followed by the name of an environment variable and \"}\";"
                        + " write \"$${\" for a plain \"${\"");
            } else if (environment.containsKey(name)) {
                replacement = environment.get(name);
                used = true;
            } else {
                problems.add("the environment variable " + name + " is not set");
            }
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(replacement));
        }
        matcher.appendTail(resolved);
        return new Result(resolved.toString(), used, problems);
    }
}
