package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A contender's own process, from start to end. */
final class ChildProcess {
    private static final long MINUTES_AT_MOST = 60;

    private final List<String> command;
    private final Path log;

    /** @param log takes both its outputs */
    ChildProcess(List<String> command, Path log) {
        this.command = List.copyOf(command);
        this.log = requireNonNull(log);
    }

    /** A program of this package or of the profile's sources, in a JVM of its own. */
    static ChildProcess program(String name, Path directory) {
        return new ChildProcess(
                List.of(java(), "-cp", classPath(), ChildProcess.class.getPackageName() + "." + name),
                directory.resolve(name + ".log"));
    }

    /** This program's own, whether Maven has loaded it into its JVM or it has one for itself. */
    private static String classPath() {
        if (ChildProcess.class.getClassLoader() instanceof URLClassLoader loader) {
            return Arrays.stream(loader.getURLs())
                    .map(url -> Path.of(URI.create(url.toString())).toString())
                    .collect(Collectors.joining(File.pathSeparator));
        }
        return System.getProperty("java.class.path");
    }

    /** The JVM that runs this program. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** @param output of both streams together */
    record Ended(double wholeSeconds, long peakMemoryBytes, String output) {}

    /**
     * Runs it.
     *
     * @param input for its standard input
     * @throws TestbedException when it fails, with its last words
     */
    Ended run(String input) throws InterruptedException {
        long start = System.nanoTime();
        Process process = start(input);
        long peak = 0;
        try {
            while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                peak = Math.max(peak, ProcessFigures.peakMemoryBytes(process.pid()));
                if (System.nanoTime() - start > TimeUnit.MINUTES.toNanos(MINUTES_AT_MOST)) {
                    throw new TestbedException(command.get(command.size() - 1) + " runs for more than an hour.");
                }
            }
        } finally {
            process.destroyForcibly();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        String output = output();
        if (process.exitValue() != 0) {
            throw new TestbedException("A contender ended with exit code " + process.exitValue() + ":\n"
                    + output.substring(Math.max(0, output.length() - 2000)));
        }
        return new Ended(seconds, peak, output);
    }

    private Process start(String input) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException("A contender could not be started", e);
        }
    }

    private String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
