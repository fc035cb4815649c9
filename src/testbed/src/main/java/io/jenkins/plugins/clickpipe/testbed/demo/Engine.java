package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The engine's command line as users run it: its jar in a process of its own, on this process's terminal. */
final class Engine implements AutoCloseable {
    /** The engine promises to have cleaned up 45 s after a signal. */
    private static final int SECONDS_TO_CLEAN_UP = 50;

    private final Path jar;
    private final Path directory;
    private final Map<String, String> environment;
    private final Narrator narrator;
    private Process process;
    private boolean closed;

    /**
     * @param jar the runnable jar
     * @param directory where it runs; it exists when the first command does
     * @param environment variables for it, beside this process's own
     */
    Engine(Path jar, Path directory, Map<String, String> environment, Narrator narrator) {
        this.jar = requireNonNull(jar);
        this.directory = requireNonNull(directory);
        this.environment = Map.copyOf(environment);
        this.narrator = requireNonNull(narrator);
    }

    /**
     * Runs a command to its end.
     *
     * @throws DemoFailedException when it ends with an exit code other than 0
     */
    void run(String... arguments) throws InterruptedException {
        List<String> shown =
                new ArrayList<>(List.of("java", "-jar", jar.getFileName().toString()));
        shown.addAll(List.of(arguments));
        narrator.command(shown);
        int exitCode = start(arguments).waitFor();
        if (exitCode != 0) {
            throw new DemoFailedException("The engine's " + arguments[0] + " ended with exit code " + exitCode
                    + "; its last lines above say why.");
        }
    }

    private synchronized Process start(String... arguments) {
        if (closed) {
            throw new DemoFailedException("The demo was stopped.");
        }
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).inheritIO();
        builder.environment().putAll(environment);
        try {
            process = builder.start();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException("The engine could not be started", e);
        }
    }

    /** Stops a running command politely and waits until it has cleaned up on both servers; later ones are refused. */
    @Override
    public void close() {
        Process running;
        synchronized (this) {
            closed = true;
            running = process;
        }
        if (running == null || !running.isAlive()) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(SECONDS_TO_CLEAN_UP, TimeUnit.SECONDS)) {
                running.destroyForcibly();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
