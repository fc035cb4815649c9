package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jvnet.hudson.test.JenkinsRule;

/** Looks for secrets in all that a build has left. */
final class BuildFiles {
    private BuildFiles() {}

    /** Log, XML, Pipeline state, artifacts, workspaces and the directories beside them, engine jars apart. */
    static void assertNoSecrets(JenkinsRule jenkins, Run<?, ?> run, List<String> secrets) throws IOException {
        List<Path> files = new ArrayList<>();
        List<Path> roots = List.of(
                run.getRootDir().toPath(), jenkins.jenkins.getRootDir().toPath().resolve("workspace"));
        for (Path root : roots) {
            if (Files.exists(root)) {
                try (Stream<Path> walk = Files.walk(root)) {
                    walk.filter(Files::isRegularFile).forEach(files::add);
                }
            }
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            String content = Files.readString(file, StandardCharsets.ISO_8859_1);
            for (String secret : secrets) {
                assertThat(content).as(file.toString()).doesNotContain(secret);
            }
        }
    }

    /** Nothing of the engine's runs is left beside the workspaces. */
    static void assertNothingLeft(JenkinsRule jenkins) throws IOException {
        Path workspaces = jenkins.jenkins.getRootDir().toPath().resolve("workspace");
        try (Stream<Path> walk = Files.walk(workspaces)) {
            assertThat(walk.map(path -> path.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("clickpipe-"));
        }
    }
}
