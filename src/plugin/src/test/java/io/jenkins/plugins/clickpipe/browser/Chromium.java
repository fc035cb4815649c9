package io.jenkins.plugins.clickpipe.browser;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * An installed Chromium without a window. It is looked for in the environment variable {@value #VARIABLE} and on the
 * path; the tests that need it are skipped where there is none.
 */
public final class Chromium implements AutoCloseable {
    private static final String VARIABLE = "CHROMIUM";
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final DevTools tools;

    private Chromium(Process process, DevTools tools) {
        this.process = requireNonNull(process);
        this.tools = requireNonNull(tools);
    }

    /** @param directory an empty one, for its profile */
    public static Chromium start(Path directory) throws IOException {
        Optional<Path> program = installed();
        Assumptions.assumeTrue(
                program.isPresent(),
                "No Chromium is installed: put it on the path, or its file into the environment variable " + VARIABLE);
        Process process = new ProcessBuilder(
                        program.get().toString(),
                        "--headless=new",
                        // it runs as root in containers, and opens pages of this test's Jenkins alone
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--disable-renderer-backgrounding",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + directory,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("chromium.log").toFile())
                .start();
        try {
            return new Chromium(process, new DevTools(address(process, directory)));
        } catch (RuntimeException | IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static URI address(Process process, Path directory) throws IOException {
        Path told = directory.resolve("DevToolsActivePort");
        Awaitility.await("the start of Chromium")
                .atMost(LIMIT)
                .failFast("Chromium has ended, see " + directory, () -> !process.isAlive())
                .until(() -> Files.exists(told) && Files.readAllLines(told).size() == 2);
        List<String> lines = Files.readAllLines(told);
        return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
    }

    private static Optional<Path> installed() {
        String named = System.getenv(VARIABLE);
        Stream<Path> onPath = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)));
        return Stream.concat(Stream.ofNullable(named).map(Path::of), onPath)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A new page in a window of its own, so that it does not hide another one. */
    public BrowserPage page() {
        Object target = tools.send(null, "Target.createTarget", Map.of("url", "about:blank", "newWindow", true))
                .get("targetId");
        Object session = tools.send(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId");
        return new BrowserPage(tools, String.valueOf(session));
    }

    @Override
    public void close() {
        try {
            tools.send(null, "Browser.close", Map.of());
        } finally {
            tools.close();
            end();
        }
    }

    private void end() {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
