package io.jenkins.plugins.clickpipe.process;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jenkinsci.plugins.durabletask.BourneShellScript;
import org.jenkinsci.plugins.durabletask.DurableTask;
import org.jenkinsci.plugins.durabletask.WindowsBatchScript;

/**
 * The script that starts the engine in a run's directory. The pipe file comes by standard input and is deleted first.
 *
 * @param directory the run's, on the agent
 * @param java path on the agent
 * @param jar path on the agent
 * @param arguments the command and its options; none of them is secret
 */
record EngineScript(String directory, String java, String jar, List<String> arguments) {
    static final String PIPE_FILE = "pipe.yaml";
    static final String EVENTS = "events.jsonl";
    static final String OUTPUT = "output.txt";
    static final String PROCESS_ID = "pid";
    static final String ARTIFACTS = "artifacts";

    private static final List<String> JVM_OPTIONS = List.of(
            "-Dfile.encoding=UTF-8",
            "-Dstdout.encoding=UTF-8",
            "-Dstderr.encoding=UTF-8",
            "-Dsun.stdout.encoding=UTF-8",
            "-Dsun.stderr.encoding=UTF-8");

    /** For a shell: the engine takes the shell's process, so that a signal reaches it and its exit code is the script's. */
    DurableTask forUnix() {
        String command = command().map(EngineScript::quoted).collect(Collectors.joining(" "));
        BourneShellScript task = new BourneShellScript(String.join(
                "\n",
                "#!/bin/sh",
                "cd " + quoted(directory) + " || exit 1",
                "echo $$ > " + PROCESS_ID,
                "exec < " + PIPE_FILE + " || exit 1",
                "rm -f " + PIPE_FILE,
                "exec " + command + " > " + OUTPUT,
                ""));
        task.charset(StandardCharsets.UTF_8);
        return task;
    }

    /** For cmd.exe, where an open file cannot be deleted: it is read, deleted, and its text piped into the engine. */
    DurableTask forWindows() {
        String command = command().map(argument -> '"' + argument + '"').collect(Collectors.joining(" "));
        WindowsBatchScript task = new WindowsBatchScript(String.join(
                "\r\n",
                "@echo off",
                "cd /d \"" + directory + "\" || exit /b 1",
                "(type " + PIPE_FILE + " & del /f /q " + PIPE_FILE + ") | " + command + " > " + OUTPUT,
                "exit /b %ERRORLEVEL%",
                ""));
        task.charset(StandardCharsets.UTF_8);
        return task;
    }

    private Stream<String> command() {
        return Stream.of(
                        Stream.of(java),
                        JVM_OPTIONS.stream(),
                        Stream.of("-jar", jar),
                        arguments.stream(),
                        Stream.of("--events", EVENTS, "--artifacts", ARTIFACTS, "-"))
                .flatMap(part -> part);
    }

    private static String quoted(String argument) {
        return "'" + argument.replace("'", "'\\''") + "'";
    }
}
