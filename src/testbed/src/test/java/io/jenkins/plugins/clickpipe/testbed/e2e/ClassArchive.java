package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The engine's classes as one run of it has loaded them (JEP 350). The tests start it two thousand times, and each start
 * takes a third less CPU time with them. Java does without the archive where it does not fit.
 */
final class ClassArchive {
    private static final String NOWHERE =
            """
            name: nowhere
            source: {host: 127.0.0.1, port: 1, database: nowhere, user: nobody, password: none}
            target: {url: "http://127.0.0.1:1", database: nowhere, user: nobody, password: none}
            tables: [{source: public.nothing}]
            """;

    private ClassArchive() {}

    /**
     * Makes an archive that is removed when this process ends.
     *
     * @param java the command that starts the engine, without its arguments
     * @return the option that uses it
     */
    static String make(List<String> java) {
        try {
            Path directory = Files.createTempDirectory("clickpipe-classes-");
            Path archive = directory.resolve("engine.jsa");
            Path pipe = Files.writeString(directory.resolve("pipe.yaml"), NOWHERE);
            List.of(directory, archive, pipe).forEach(file -> file.toFile().deleteOnExit());
            List<String> command = new ArrayList<>(java);
            command.add(1, "-XX:ArchiveClassesAtExit=" + archive);
            command.addAll(List.of("status", pipe.toString()));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.waitFor();
            assertThat(archive).exists();
            return "-XX:SharedArchiveFile=" + archive;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
