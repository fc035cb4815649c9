package io.jenkins.plugins.clickpipe.engine.definition;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;

/** Pipe files for tests, and their faults. */
final class PipeFiles {
    static final String SMALLEST =
            """
            name: orders
            source: {host: 127.0.0.1, database: shop, user: clickpipe}
            target: {url: "http://127.0.0.1:8123", database: shop}
            tables:
              - source: public.orders
            """;

    private PipeFiles() {}

    static PipeDefinition read(String yaml, String... overrides) {
        return PipeFile.read(yaml, Map.of(), List.of(overrides));
    }

    /** The faults as lines of text, {@code path: message}. */
    static List<String> faults(String yaml, String... overrides) {
        return faults(yaml, Map.of(), overrides);
    }

    static List<String> faults(String yaml, Map<String, String> environment, String... overrides) {
        return refusal(yaml, environment, overrides).faults().stream()
                .map(Fault::toString)
                .toList();
    }

    static InvalidPipeFileException refusal(String yaml, Map<String, String> environment, String... overrides) {
        return catchThrowableOfType(
                InvalidPipeFileException.class, () -> PipeFile.read(yaml, environment, List.of(overrides)));
    }

    /** The smallest file with one of its lines replaced, or with lines added where {@code line} is empty. */
    static String with(String line, String replacement) {
        return line.isEmpty() ? SMALLEST + replacement + "\n" : SMALLEST.replace(line, replacement);
    }

    /** The smallest file with these keys added to its one rule, or to a rule of another source. */
    static String withRules(String rules) {
        return SMALLEST.replace("  - source: public.orders\n", rules.indent(2));
    }

    static String withSettings(String settings) {
        return SMALLEST + "settings:\n" + settings.indent(2);
    }
}
