package io.jenkins.plugins.clickpipe.engine.definition;

import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.SMALLEST;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.faults;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentReferencesTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("A", "one", "B_2", "two", "EMPTY", "", "DOLLAR", "${A}\\$1", "PORT", "6432");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ${A}           | one
                    x-${A}-${B_2}  | x-one-two
                    $A $ {A} {A}   | $A $ {A} {A}
                    $${A}          | ${A}
                    $$${A}         | $${A}
                    a${EMPTY}b     | ab
                    ${DOLLAR}      | ${A}\\$1
                    """)
    void referencesAreReplaced(String text, String expected) {
        EnvironmentReferences.Result result = new EnvironmentReferences(ENVIRONMENT).resolve(text);

        assertThat(result.problems()).isEmpty();
        assertThat(result.text()).isEqualTo(expected);
    }

    @Test
    void referencesWorkInEveryText() {
        PipeDefinition pipe = PipeFile.read(
                """
                name: pipe_${A}
                source: {host: "db-${A}", port: "${PORT}", database: shop, user: clickpipe, password: "${A}${B_2}"}
                target: {url: "http://${A}:${PORT}", database: "${A}"}
                tables:
                  - source: ${A}.*
                    exclude: ["${A}.${B_2}"]
                settings: {keepOriginalLive: "${LIVE}"}
                """,
                Map.of("A", "one", "B_2", "two", "PORT", "6432", "LIVE", "true"),
                List.of());

        assertThat(pipe.name()).isEqualTo("pipe_one");
        assertThat(pipe.source().host()).isEqualTo("db-one");
        assertThat(pipe.source().port()).isEqualTo(6432);
        assertThat(pipe.source().password().reveal()).isEqualTo("onetwo");
        assertThat(pipe.target().url()).hasToString("http://one:6432");
        assertThat(pipe.tables().get(0).source()).isEqualTo("one.*");
        assertThat(pipe.tables().get(0).exclude()).containsExactly("one.two");
        assertThat(pipe.settings().keepOriginalLive()).isTrue();
    }

    @Test
    void anUnsetVariableIsNamedWithItsPath() {
        assertThat(faults(with("user: clickpipe", "user: clickpipe, password: \"${PGPASSWORD}\"")))
                .containsExactly("source.password: the environment variable PGPASSWORD is not set (line 2)");
    }

    @Test
    void everyUnsetVariableIsNamed() {
        assertThat(faults(with("- source: public.orders", "- source: ${S}.${T}")))
                .containsExactly(
                        "tables[0].source: the environment variable S is not set (line 5)",
                        "tables[0].source: the environment variable T is not set (line 5)");
    }

    @ParameterizedTest
    @CsvSource({"'${'", "'${}'", "'${1}'", "'${A:-x}'", "'${A'"})
    void aMalformedReferenceIsRefused(String text) {
        assertThat(faults(with("user: clickpipe", "user: \"" + text + "\""), ENVIRONMENT))
                .containsExactly(
                        "source.user: \"${\" must be followed by the name of an environment variable and \"}\";"
                                + " write \"$${\" for a plain \"${\" (line 2)");
    }

    @Test
    void aValueFromTheEnvironmentIsNeverEchoed() {
        Map<String, String> environment = Map.of("SECRET", "hunter2");
        String yaml =
                """
                name: "${SECRET} x"
                source: {host: "${SECRET}@x", port: "${SECRET}", database: shop, user: u, sslMode: "${SECRET}"}
                target: {url: "${SECRET}", database: shop}
                tables: ["${SECRET}"]
                settings:
                  verify: "${SECRET}"
                  keepPreviousTables: "${SECRET}"
                  strictTypes: "${SECRET}"
                  replicationSlotName: "${SECRET}-"
                """;

        InvalidPipeFileException refusal = PipeFiles.refusal(yaml, environment);

        assertThat(refusal.faults()).hasSize(10);
        assertThat(refusal.getMessage()).doesNotContain("hunter2");
    }

    @Test
    void overridesAreTakenAsTheyAre() {
        PipeDefinition pipe = PipeFile.read(SMALLEST, Map.of("A", "one"), List.of("publicationName=${A}"));

        assertThat(pipe.settings().publicationName()).contains("${A}");
    }
}
