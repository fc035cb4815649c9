package io.jenkins.plugins.clickpipe.process;

import groovy.json.JsonSlurperClassic;
import hudson.Util;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/**
 * Has the engine look at a pipe's servers, in a process of its own on the controller and with a time limit. Few such
 * processes run at the same time. The pipe file goes through standard input; the process sees next to nothing of the
 * controller's environment.
 */
public final class EngineCheck {
    private static final Duration LIMIT_FOR_A_SERVER = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MEMORY = 128;
    private static final Semaphore FREE = new Semaphore(3);
    /** What a JVM needs to find its temporary directory and the network. */
    private static final Set<String> ENVIRONMENT = Set.of("LANG", "LC_ALL", "PATH", "SystemRoot", "TEMP", "TMP", "TZ");

    private static final Logger LOG = Logger.getLogger(EngineCheck.class.getName());

    private final List<String> options;
    private final Duration limit;

    private EngineCheck(List<String> options, Duration limit) {
        this.options = options;
        this.limit = limit;
    }

    /** Of both servers and everything that a resync needs of them; at most 60 seconds. */
    public static EngineCheck ofPipe() {
        return new EngineCheck(List.of(), LIMIT);
    }

    /** Of the connection to PostgreSQL alone; at most 20 seconds. */
    public static EngineCheck ofSource() {
        return new EngineCheck(List.of("--only", "source"), LIMIT_FOR_A_SERVER);
    }

    /** Of the connection to ClickHouse alone; at most 20 seconds. */
    public static EngineCheck ofTarget() {
        return new EngineCheck(List.of("--only", "target"), LIMIT_FOR_A_SERVER);
    }

    /**
     * One thing that was looked at.
     *
     * @param level {@code ok}, {@code warning} or {@code fault}
     */
    public record Finding(String level, String subject, String message) {}

    /** What was found; a check that could not be made is a fault itself. */
    public List<Finding> run(String pipeFile) throws IOException, InterruptedException {
        if (!FREE.tryAcquire(1, TimeUnit.SECONDS)) {
            return List.of(fault("Jenkins", "other checks are running; try again in a moment"));
        }
        Path directory = Files.createTempDirectory("clickpipe-check-");
        try {
            return run(pipeFile, directory);
        } finally {
            FREE.release();
            Util.deleteRecursive(directory.toFile());
        }
    }

    private List<Finding> run(String pipeFile, Path directory) throws IOException, InterruptedException {
        File output = directory.resolve("output").toFile();
        File log = directory.resolve("log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command())
                .directory(directory.toFile())
                .redirectOutput(output)
                .redirectError(log);
        builder.environment().keySet().retainAll(ENVIRONMENT);
        Process process = builder.start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(pipeFile.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                LOG.log(Level.FINE, "the engine ended before it had read the pipe file; its log says why", e);
            }
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                return List.of(fault("Jenkins", "no answer within " + limit.toSeconds() + " seconds"));
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        List<Finding> findings = read(Files.readString(output.toPath()));
        return findings.isEmpty() ? faults(Files.readString(log.toPath())) : findings;
    }

    private List<String> command() throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(NodeEngine.on(Jenkins.get().getRootPath()).command(MEMORY));
        command.addAll(List.of("check", "--json"));
        command.addAll(options);
        command.add("-");
        return command;
    }

    private static List<Finding> read(String json) {
        List<Finding> findings = new ArrayList<>();
        if (!json.isBlank()
                && new JsonSlurperClassic().parseText(json) instanceof Map<?, ?> report
                && report.get("findings") instanceof List<?> list) {
            for (Object entry : list) {
                if (entry instanceof Map<?, ?> map) {
                    findings.add(new Finding(text(map, "level"), text(map, "subject"), text(map, "message")));
                }
            }
        }
        return findings;
    }

    private static String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : "";
    }

    /** The engine's log after it refused a pipe file: a heading, and below it a line for each fault. */
    private static List<Finding> faults(String log) {
        List<Finding> faults = log.lines()
                .filter(line -> line.startsWith("  "))
                .map(line -> fault("definition", line.strip()))
                .toList();
        return faults.isEmpty()
                ? List.of(fault("engine", log.isBlank() ? "ended without a word" : log.strip()))
                : faults;
    }

    private static Finding fault(String subject, String message) {
        return new Finding("fault", subject, message);
    }
}
