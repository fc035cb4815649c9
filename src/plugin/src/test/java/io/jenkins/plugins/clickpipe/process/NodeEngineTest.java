package io.jenkins.plugins.clickpipe.process;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.FilePath;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeEngineTest {
    /** Makes Java refuse to start where the archive does not fit. */
    private static final String NOT_WITHOUT_ARCHIVE = "-Xshare:on";

    @Test
    void whatOneProcessLeavesOfItsClassesServesTheNextOnes(@TempDir Path root) throws Exception {
        NodeEngine engine = NodeEngine.on(new FilePath(root.toFile()));
        FilePath made = new FilePath(root.resolve("made.jsa").toFile());
        String version = run(engine.command(128), "");
        assertThat(version.lines()).hasSize(1);

        assertThat(run(engine.command(128, made.getRemote()), "")).isEqualTo(version);
        NodeEngine.keepClasses(made, new FilePath(new File(engine.classes())));

        NodeEngine next = NodeEngine.on(new FilePath(root.toFile()));
        assertThat(next.command(128)).contains("-XX:SharedArchiveFile=" + engine.classes());
        assertThat(next.command(128, made.getRemote())).isEqualTo(next.command(128));
        assertThat(run(next.command(128), NOT_WITHOUT_ARCHIVE)).isEqualTo(version);
    }

    @Test
    void anArchiveThatDoesNotFitIsNotUsedAndNotMentioned(@TempDir Path root) throws Exception {
        NodeEngine engine = NodeEngine.on(new FilePath(root.toFile()));
        String version = run(engine.command(128), "");
        Files.writeString(Path.of(engine.classes()), "of another Java");

        assertThat(run(NodeEngine.on(new FilePath(root.toFile())).command(128), ""))
                .isEqualTo(version);
    }

    @Test
    void aProcessThatHasLeftNothingChangesNothing(@TempDir Path root) throws Exception {
        NodeEngine engine = NodeEngine.on(new FilePath(root.toFile()));

        NodeEngine.keepClasses(
                new FilePath(root.resolve("nothing.jsa").toFile()), new FilePath(new File(engine.classes())));

        assertThat(new File(engine.classes())).doesNotExist();
        assertThat(Path.of(engine.classes()).getParent())
                .isDirectoryContaining(file -> file.getFileName().toString().equals("clickpipe-resync-engine.jar"));
    }

    private static String run(List<String> engine, String javaOption) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(engine);
        if (!javaOption.isEmpty()) {
            command.add(1, javaOption);
        }
        command.add("--version");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
