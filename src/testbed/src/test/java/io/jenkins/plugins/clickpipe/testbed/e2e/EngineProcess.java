package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The engine's command line in a process of its own, with a private directory for its pipe file, events and output.
 *
 * <p>The jar is the one that the build has made, or the one that the system property {@value #JAR_PROPERTY} names.
 */
final class EngineProcess implements AutoCloseable {
    static final String JAR_PROPERTY = "clickpipe.engine.jar";

    /** No command in these tests takes longer; one that does hangs. */
    static final Duration LIMIT = Duration.ofSeconds(90);

    private static final List<String> SMALL = small();
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s*(\\d+) kB");
    private static final Set<String> WITH_EVENTS = Set.of("create", "resync", "sync");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Process process;

    private static List<String> small() {
        List<String> options = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m");
        return Stream.concat(options.stream(), Stream.of(ClassArchive.make(command(options))))
                .toList();
    }

    private static List<String> command(List<String> javaOptions) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(javaOptions);
        command.addAll(List.of("-jar", jar().toString()));
        return command;
    }

    private EngineProcess(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /**
     * Starts a command.
     *
     * @param options stand between the command and the pipe file
     */
    static EngineProcess start(String pipeYaml, String command, String... options) {
        return startWithin(pipeYaml, SMALL, command, options);
    }

    /** The same in a Java process with other options than the tests' usual ones. */
    static EngineProcess startWithin(String pipeYaml, List<String> javaOptions, String command, String... options) {
        try {
            Path directory = Files.createTempDirectory("clickpipe-e2e-");
            Path pipeFile = Files.writeString(directory.resolve("pipe.yaml"), pipeYaml);
            List<String> arguments = new ArrayList<>(List.of(command));
            if (WITH_EVENTS.contains(command)) {
                arguments.add("--events");
                arguments.add(directory.resolve("events").toString());
            }
            arguments.addAll(List.of(options));
            arguments.add(pipeFile.toString());
            return start(directory, javaOptions, arguments, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts exactly these arguments; standard input is empty. */
    static EngineProcess startPlain(Map<String, String> environment, String... arguments) {
        try {
            return start(Files.createTempDirectory("clickpipe-e2e-"), SMALL, List.of(arguments), environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EngineProcess start(
            Path directory, List<String> javaOptions, List<String> arguments, Map<String, String> environment)
            throws IOException {
        List<String> command = command(javaOptions);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(
                        Files.createFile(directory.resolve("stdin")).toFile()))
                .redirectOutput(directory.resolve("stdout").toFile())
                .redirectError(directory.resolve("stderr").toFile());
        builder.environment().putAll(environment);
        return new EngineProcess(directory, builder.start());
    }

    private static Path jar() {
        Path jar = Path.of(System.getProperty(JAR_PROPERTY, "../engine/target/clickpipe-resync-engine.jar"))
                .toAbsolutePath()
                .normalize();
        assertThat(jar).as("the engine's jar, made by mvn package").exists();
        return jar;
    }

    /** Runs a command to its end. */
    static EngineRun run(String pipeYaml, String command, String... options) {
        try (EngineProcess process = start(pipeYaml, command, options)) {
            return process.awaitEnd();
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The directory that holds the process's files until it is closed. */
    Path directory() {
        return directory;
    }

    /** Waits for its end; the most memory that it has held resident, in bytes (Linux, proc(5)). */
    long peakMemory() {
        return peakMemory(LIMIT);
    }

    long peakMemory(Duration limit) {
        AtomicLong peak = new AtomicLong();
        Awaitility.await("the end")
                .atMost(limit)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    peak.accumulateAndGet(peakSoFar(), Math::max);
                    return !isAlive();
                });
        return peak.get();
    }

    private long peakSoFar() {
        try {
            Matcher matcher = PEAK.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
            return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** The events written so far. */
    List<JsonNode> events() {
        String text = read("events");
        List<JsonNode> events = new ArrayList<>();
        // a line without its end is still being written
        text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> {
            try {
                events.add(JSON.readTree(line));
            } catch (IOException e) {
                throw new UncheckedIOException("not JSON: " + line, e);
            }
        });
        return events;
    }

    /** What it has logged so far. */
    String log() {
        return read("stderr");
    }

    /** Waits until a phase has begun; fails at once when the process ends without it. */
    void awaitPhase(String phase) {
        Awaitility.await("phase " + phase)
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !isAlive() || hasBegun(phase));
        assertThat(hasBegun(phase))
                .as("phase %s before the end; the engine said: %s", phase, snapshot(-1))
                .isTrue();
    }

    private boolean hasBegun(String phase) {
        return snapshot(0).phases().contains(phase);
    }

    /** Asks it to stop: SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Waits for the process to end by itself, {@link #LIMIT} at most. */
    EngineRun awaitEnd() {
        return awaitEnd(LIMIT);
    }

    EngineRun awaitEnd(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                EngineRun sofar = snapshot(-1);
                process.destroyForcibly();
                throw new AssertionError("The engine did not end within " + limit + ": " + sofar);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return snapshot(process.exitValue());
    }

    private EngineRun snapshot(int exitCode) {
        return new EngineRun(exitCode, read("stdout"), read("stderr"), events());
    }

    private String read(String file) {
        Path path = directory.resolve(file);
        try {
            return Files.exists(path) ? Files.readString(path, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the process if it still runs and removes its directory. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
