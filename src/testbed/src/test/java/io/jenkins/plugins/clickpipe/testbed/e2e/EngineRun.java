package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** What a command of the engine has said. */
record EngineRun(int exitCode, String stdout, String stderr, List<JsonNode> events) {

    /** The phases that began, in their order. */
    List<String> phases() {
        return events.stream()
                .filter(event -> event.path("type").asText().equals("phase"))
                .map(event -> event.path("phase").asText())
                .toList();
    }

    /** Both outputs, for sentences that may stand in either. */
    String output() {
        return stdout + stderr;
    }

    EngineRun assertSucceeded() {
        return assertExit(0);
    }

    EngineRun assertExit(int expected) {
        assertThat(exitCode).as("exit code; the engine said: %s", this).isEqualTo(expected);
        return this;
    }

    /** It failed with this exit code in plain words that contain these: no stack trace, no class name. */
    EngineRun assertRefused(int expected, String... words) {
        assertExit(expected);
        assertThat(stderr).as("what the user is told").contains(words);
        assertThat(output()).doesNotContain("\tat ", "Exception", "java.", "org.postgresql", "com.clickhouse");
        return this;
    }

    /** Its log says this. */
    EngineRun assertTells(String... words) {
        assertThat(stderr).as("the log").contains(words);
        return this;
    }

    EngineRun assertKeepsSecret(String... secrets) {
        assertThat(output()).doesNotContain(secrets);
        assertThat(events.toString()).doesNotContain(secrets);
        return this;
    }

    @Override
    public String toString() {
        return "exit " + exitCode + "\nphases " + phases() + "\nstdout:\n" + stdout + "\nstderr:\n" + stderr;
    }
}
