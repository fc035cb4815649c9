package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.Servers;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The engine's classes as the making of a pipe has loaded them (JEP 350). The tests start it two thousand times, and
 * each start takes a third less CPU time with them. Java does without the archive where it does not fit.
 */
final class ClassArchive {
    private ClassArchive() {}

    /**
     * Makes an archive that is removed when this process ends.
     *
     * @param java the command that starts the engine, without its arguments
     * @return the option that uses it
     */
    static String make(List<String> java) {
        try (TestDatabase database = TestDatabase.create(Servers.shared())) {
            database.executeSource("CREATE TABLE one (id bigint PRIMARY KEY)", "INSERT INTO one VALUES (1)");
            Path directory = Files.createTempDirectory("clickpipe-classes-");
            Path archive = directory.resolve("engine.jsa");
            Path pipe = Files.writeString(
                    directory.resolve("pipe.yaml"), database.pipeYaml("tables: [{source: public.one}]\n"));
            List.of(directory, archive, pipe).forEach(file -> file.toFile().deleteOnExit());
            run(java, List.of("-XX:ArchiveClassesAtExit=" + archive), "create", pipe);
            run(java, List.of(), "drop", pipe);
            assertThat(archive).exists();
            return "-XX:SharedArchiveFile=" + archive;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void run(List<String> java, List<String> options, String command, Path pipe)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(java);
        line.addAll(1, options);
        line.addAll(List.of(command, pipe.toString()));
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).as("exit code of %s", command).isZero();
    }
}
