package io.jenkins.plugins.clickpipe.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import hudson.AbortException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineScriptTest {
    private static final String ROOT = "C:\\Jenkins agents\\100%TEMP% & ^more";

    @Test
    void aShellGetsEveryArgumentAsItIs() {
        String text = new EngineScript(
                        "/w/it's here",
                        List.of("/opt/java", "-Xmx512m", "-jar", "/c/engine.jar"),
                        List.of("resync", "--set", "a=$(b) `c` \"d\""))
                .unixText();

        assertThat(text)
                .contains(
                        "cd '/w/it'\\''s here' || exit 1\n",
                        "exec < pipe.yaml || exit 1\nrm -f pipe.yaml\n",
                        "until [ -e go ]; do\n")
                .contains(
                        "exec '/opt/java' '-Xmx512m' '-jar' '/c/engine.jar' 'resync' '--set' 'a=$(b) `c` \"d\"' '--events'")
                .endsWith("'-' > output.txt\n");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void theEngineBeginsOnceItIsReleasedAndHasReadItsPipeFile(@TempDir Path directory) throws Exception {
        Path script = Files.writeString(
                directory.resolve("script.sh"),
                new EngineScript(directory.toString(), List.of("/bin/echo", "engine.jar"), List.of("resync"))
                        .unixText());
        Files.writeString(directory.resolve(EngineScript.PIPE_FILE), "name: orders");
        Process process = new ProcessBuilder("sh", script.toString()).start();
        try {
            Awaitility.await()
                    .until(() -> Files.exists(directory.resolve(EngineScript.PROCESS_ID))
                            && Files.notExists(directory.resolve(EngineScript.PIPE_FILE)));
            assertThat(process.isAlive()).isTrue();
            assertThat(directory.resolve(EngineScript.OUTPUT)).doesNotExist();

            Files.createFile(directory.resolve(EngineScript.GO));
            assertThat(process.waitFor()).isZero();
            assertThat(directory.resolve(EngineScript.OUTPUT)).content().contains("resync");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aBatchFileKeepsPercentSignsOfPaths() throws AbortException {
        List<String> lines = windows(List.of("resync")).lines().toList();

        assertThat(lines)
                .startsWith("@echo off", "setlocal DisableDelayedExpansion")
                .contains("set \"CLICKPIPE_0=C:\\Jenkins agents\\100%%TEMP%% & ^more\\java.exe\"")
                .contains("cd /d \"C:\\Jenkins agents\\100%%TEMP%% & ^more\\run\" || exit /b 1");
    }

    @Test
    void aBatchFileEndsWithTheExitCodeOfTheEngineAndPipesNoPath() throws AbortException {
        List<String> lines = windows(List.of("resync", "--set", "publicationName=50%"))
                .lines()
                .toList();

        assertThat(lines.get(lines.size() - 1)).isEqualTo("exit /b %ERRORLEVEL%");
        assertThat(lines).containsSubsequence("if exist go goto begin", "exit /b 75", ":begin");
        // the engine is the pipe's last command, and nothing comes between it and the exit code
        assertThat(lines.get(lines.size() - 2))
                .startsWith("(type pipe.yaml & del /f /q pipe.yaml) | \"%%CLICKPIPE_0%%\" \"%%CLICKPIPE_1%%\" ")
                .endsWith("%%\" > output.txt")
                .doesNotContain("Jenkins agents", "50%");
        assertThat(lines).anyMatch(line -> line.matches("set \"CLICKPIPE_\\d+=publicationName=50%%\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\" & calc & \"", "two\r\nlines", "C:\\"})
    void aBatchFileRefusesWhatItCannotQuote(String argument) {
        assertThatExceptionOfType(AbortException.class)
                .isThrownBy(() -> windows(List.of("resync", "--tables", argument)))
                .withMessageContaining("On a Windows agent");
    }

    @Test
    void settingsAndTablesOfARunAreOptions() {
        EngineCommand command =
                EngineCommand.resync("orders").onTables("public/*").withSettings(Map.of("verify", "off"));

        assertThat(command.arguments()).containsExactly("resync", "--tables", "public/*", "--set", "verify=off");
    }

    private static String windows(List<String> arguments) throws AbortException {
        return new EngineScript(ROOT + "\\run", List.of(ROOT + "\\java.exe", "-jar", ROOT + "\\engine.jar"), arguments)
                .windowsText();
    }
}
