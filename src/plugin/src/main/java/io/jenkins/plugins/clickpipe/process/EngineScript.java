package io.jenkins.plugins.clickpipe.process;

import hudson.AbortException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jenkinsci.plugins.durabletask.BourneShellScript;
import org.jenkinsci.plugins.durabletask.DurableTask;
import org.jenkinsci.plugins.durabletask.WindowsBatchScript;

/**
 * The script that starts the engine in a run's directory, once Jenkins has saved how to find it again. The pipe file
 * comes by standard input and is deleted first.
 *
 * @param directory the run's, on the agent
 * @param engine see {@link NodeEngine#command}
 * @param arguments the command and its options; none of them is secret
 */
record EngineScript(String directory, List<String> engine, List<String> arguments) {
    static final String PIPE_FILE = "pipe.yaml";
    static final String EVENTS = "events.jsonl";
    static final String OUTPUT = "output.txt";
    static final String PROCESS_ID = "pid";
    static final String ARTIFACTS = "artifacts";
    static final String CLASSES = "classes.jsa";
    /** The engine begins when this file is there. */
    static final String GO = "go";

    /** When it was not there after a minute; {@code EX_TEMPFAIL} of sysexits.h. */
    static final int NEVER_BEGUN = 75;

    EngineScript {
        engine = List.copyOf(engine);
        arguments = List.copyOf(arguments);
    }

    DurableTask forUnix() {
        BourneShellScript task = new BourneShellScript(unixText());
        task.charset(StandardCharsets.UTF_8);
        return task;
    }

    /** For a shell: the engine takes the shell's process, so that a signal reaches it and its exit code is the script's. */
    String unixText() {
        String command = command().map(EngineScript::quoted).collect(Collectors.joining(" "));
        return String.join(
                "\n",
                "#!/bin/sh",
                "cd " + quoted(directory) + " || exit 1",
                "echo $$ > " + PROCESS_ID,
                "exec < " + PIPE_FILE + " || exit 1",
                "rm -f " + PIPE_FILE,
                "tries=0",
                "until [ -e " + GO + " ]; do",
                "  tries=$((tries + 1))",
                "  [ $tries -gt 600 ] && exit " + NEVER_BEGUN,
                "  sleep 0.1 2> /dev/null || sleep 1",
                "done",
                "exec " + command + " > " + OUTPUT,
                "");
    }

    private static String quoted(String argument) {
        return "'" + argument.replace("'", "'\\''") + "'";
    }

    DurableTask forWindows() throws AbortException {
        WindowsBatchScript task = new WindowsBatchScript(windowsText());
        task.charset(StandardCharsets.UTF_8);
        return task;
    }

    /**
     * For cmd.exe, where an open file cannot be deleted: it is read, deleted, and its text piped into the engine, whose
     * exit code is the pipe's. Each side of a pipe is parsed a second time, by a command line of its own; so arguments
     * stand in variables, which that second time alone replaces.
     *
     * @throws AbortException for an argument that cmd.exe cannot be given safely
     */
    String windowsText() throws AbortException {
        List<String> command = command().toList();
        List<String> lines = new ArrayList<>(List.of("@echo off", "setlocal DisableDelayedExpansion"));
        for (int i = 0; i < command.size(); i++) {
            lines.add("set \"CLICKPIPE_" + i + "=" + plain(command.get(i)) + "\"");
        }
        String variables = IntStream.range(0, command.size())
                .mapToObj(i -> "\"%%CLICKPIPE_" + i + "%%\"")
                .collect(Collectors.joining(" "));
        lines.add("cd /d \"" + plain(directory) + "\" || exit /b 1");
        lines.addAll(List.of(
                "set CLICKPIPE_TRIES=0",
                ":wait",
                "if exist " + GO + " goto begin",
                "set /a CLICKPIPE_TRIES+=1",
                "if %CLICKPIPE_TRIES% leq 60 (ping -n 2 127.0.0.1 > nul & goto wait)",
                "del /f /q " + PIPE_FILE,
                "exit /b " + NEVER_BEGUN,
                ":begin"));
        lines.add("(type " + PIPE_FILE + " & del /f /q " + PIPE_FILE + ") | " + variables + " > " + OUTPUT);
        lines.add("exit /b %ERRORLEVEL%");
        lines.add("");
        return String.join("\r\n", lines);
    }

    /** A quotation mark would end the quotes of cmd.exe, a backslash before the closing one those of java.exe. */
    private static String plain(String argument) throws AbortException {
        if (argument.chars().anyMatch(c -> c == '"' || c < ' ') || argument.endsWith("\\")) {
            throw new AbortException("On a Windows agent " + argument.replaceAll("\\p{Cntrl}", "?")
                    + " cannot be handed to the engine: it holds a quotation mark or a line break, or ends in a"
                    + " backslash. Choose another name, or run the build on a Unix agent.");
        }
        return argument.replace("%", "%%");
    }

    private Stream<String> command() {
        return Stream.of(
                        engine.stream(),
                        arguments.stream(),
                        Stream.of("--events", EVENTS, "--artifacts", ARTIFACTS, "-"))
                .flatMap(part -> part);
    }
}
