package io.jenkins.plugins.clickpipe.engine.definition;

import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.SMALLEST;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.faults;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTreeTest {
    @Test
    void aSyntaxErrorIsNamedWithLineAndColumn() {
        assertThat(faults("name: orders\nsource: a: b\n"))
                .containsExactly("line 2, column 10: YAML syntax: mapping values are not allowed here");
    }

    @Test
    void anUnclosedBraceIsASyntaxError() {
        assertThat(faults("name: {orders\n")).singleElement().asString().startsWith("line 2, column 1: YAML syntax: ");
    }

    @Test
    void aReferenceWithoutQuotesInsideBracesGetsAHint() {
        assertThat(faults("source: {user: x, password: ${PGPASSWORD}}\n"))
                .singleElement()
                .asString()
                .startsWith("line 1, column ")
                .endsWith("; inside braces, \"${NAME}\" needs its quotes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "source:\n  password: \"hunter2\n  user: x: y\n",
                "source:\n  password: 'hun'ter2\n",
                "source:\n  password:hunter2\n  user: x\n",
                "source:\n  password: @hunter2\n",
                "source:\n  password: %hunter2\n",
                "source:\n  password: !hunter2!x y\n",
                "source:\n  password: !hunter2\n",
                "source:\n  password: *hunter2\n",
                "source:\n  password: &hunter2\n",
                "source: {user: x, password:hunter2}\n",
                "source: {user: x, password: hunter2: z}\n",
                "source: {user: x, password: {hunter2}}\n",
                "source: {user: x, password: [hunter2]}\n",
                "? [hunter2]\n: x\n",
                "hunter2\n",
                "- hunter2\n",
                "password: hunter2\u0007\n",
                "source: {host: 'postgres://x:hunter2@db'}\n",
                "target: {url: 'http://x:hunter2@ch:8123'}\n",
                "target: {url: 'http://x:hunter2'}\n",
                "target: {url: 'http://ch:8123/?password=hunter2'}\n",
                "target: {url: 'hunter2 {}'}\n",
            })
    void noFaultEchoesAPassword(String yaml) {
        InvalidPipeFileException refusal = PipeFiles.refusal(yaml, Map.of(), "password=hunter2");

        assertThat(refusal.faults()).isNotEmpty();
        assertThat(refusal.getMessage()).doesNotContainIgnoringCase("hunter2");
        assertThat(refusal).hasNoCause();
        assertThat(refusal.getSuppressed()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"!a", "*a", "&a", "!!str a", "&a b", "&a [b]", "!a {b: c}"})
    void aTextThatYamlTakesForATagOrAliasIsRefusedInsteadOfLost(String password) {
        assertThat(faults(with(
                        "{host: 127.0.0.1, database: shop, user: clickpipe}",
                        "\n  host: 127.0.0.1\n  database: shop\n  user: clickpipe\n  password: " + password)))
                .singleElement()
                .asString()
                .startsWith("source.password: tags, anchors and aliases are not supported; quote a text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nothing\n", "---\n", "null\n"})
    void anEmptyFileIsRefused(String yaml) {
        assertThat(faults(yaml))
                .singleElement()
                .asString()
                .startsWith("pipe file: is empty; it needs at least name, source, target and tables");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "[a, b]", "- a", "42"})
    void aFileThatIsNoMappingIsRefused(String yaml) {
        assertThat(faults(yaml))
                .containsExactly(
                        "pipe file: must be keys and values, starting with name, source, target and tables (line 1)");
    }

    @Test
    void aSecondDocumentIsRefused() {
        assertThat(faults(SMALLEST + "---\nname: other\n"))
                .containsExactly("pipe file: holds more than one YAML document; write one file for each pipe (line 6)");
    }

    @Test
    void documentMarkersAroundTheOneDocumentAreFine() {
        assertThat(PipeFiles.read("---\n" + SMALLEST + "...\n").name()).isEqualTo("orders");
        assertThat(PipeFiles.read("\uFEFF" + SMALLEST).name()).isEqualTo("orders");
    }

    @Test
    void everyDuplicateKeyIsNamed() {
        assertThat(faults(with("", "name: again\nsettings:\n  verify: off\n  verify: counts")))
                .containsExactly(
                        "name: the key stands twice; the first is on line 1 (line 6)",
                        "settings.verify: the key stands twice; the first is on line 8 (line 9)");
    }

    @Test
    void aKeyThatIsNoTextIsRefused() {
        assertThat(faults(with("", "? [a, {b: c}]\n: x"))).containsExactly("pipe file: a key must be a text (line 6)");
    }

    @Test
    void bottomlessNestingIsRefused() {
        assertThat(faults("a: " + "[".repeat(100_000)))
                .containsExactly("pipe file: is nested more deeply than any pipe file can be (line 1)");
    }
}
