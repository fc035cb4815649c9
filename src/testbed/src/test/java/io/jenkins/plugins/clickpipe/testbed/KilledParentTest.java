package io.jenkins.plugins.clickpipe.testbed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledParentTest {
    @TempDir
    private Path temporary;

    @Test
    void aKilledJvmLeavesNoProcessAndNoDirectory() throws IOException {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        StartsServers.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<ProcessHandle> servers;
        try (BufferedReader out = new BufferedReader(new InputStreamReader(parent.getInputStream(), UTF_8))) {
            String pids = out.readLine();
            assertThat(pids).as("the servers' process numbers").isNotNull();
            List<ProcessHandle> roots = Stream.of(pids.split(" "))
                    .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
                    .toList();
            // PostgreSQL's workers come and go, so one that is listed may be gone already.
            servers = roots.stream()
                    .flatMap(server -> Stream.concat(Stream.of(server), server.descendants()))
                    .toList();
            assertThat(servers).hasSizeGreaterThan(4);
            assertThat(roots).allMatch(ProcessHandle::isAlive);
            assertThat(scratchDirectories()).hasSize(2);
        } finally {
            parent.destroyForcibly();
        }
        Awaitility.await().untilAsserted(() -> {
            assertThat(servers).noneMatch(ProcessHandle::isAlive);
            assertThat(scratchDirectories()).isEmpty();
        });
    }

    private List<Path> scratchDirectories() throws IOException {
        try (Stream<Path> entries = Files.list(temporary)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("clickpipe-"))
                    .toList();
        }
    }

    /** The JVM that is killed: it starts both servers, names their processes and waits. */
    static final class StartsServers {
        private StartsServers() {}

        public static void main(String[] arguments) throws InterruptedException {
            Servers servers = Servers.start();
            System.out.println(
                    servers.postgres().pid() + " " + servers.clickHouse().pid());
            Thread.sleep(Duration.ofMinutes(5).toMillis());
        }
    }
}
