package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Where passwords do not stand. */
@WithJenkins
@WithServers
@EnabledOnOs(value = OS.LINUX, disabledReason = "looks into /proc")
class SecrecyTest {
    @Test
    void aRunningEngineShowsNoPasswordToAnybody(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        PostgresEndpoint direct = database.servers().postgresPipeUser();
        try (TcpProxy proxy = TcpProxy.to(direct.host(), direct.port())) {
            pipe.configure(direct.throughPort(proxy.port()));
            proxy.pauseAfterBytesToClient(ShopPipe.BYTES_INTO_THE_LOAD);
            ClickPipesConfiguration.get().setEngineMemory(256);
            WorkflowRun run = Jobs.pipeline(
                            jenkins, "resync", "node { sh 'env'; resyncClickPipe '" + pipe.name() + "'; sh 'env' }")
                    .scheduleBuild2(0)
                    .waitForStart();
            jenkins.waitForMessage("[Snapshot]", run);

            List<String> lines = processes("cmdline");
            assertThat(lines)
                    .anyMatch(line -> line.contains("clickpipe-resync-engine.jar") && line.contains("-Xmx256m"));
            assertNowhere(pipe.secrets(), lines);
            assertNowhere(pipe.secrets(), processes("environ"));
            assertNowhere(pipe.secrets(), files(jenkins));
            proxy.resume();
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            assertNowhere(pipe.secrets(), files(jenkins));
            assertNowhere(pipe.secrets(), pages(jenkins, run));
        }
    }

    @Test
    void aFailedLogInShowsNoPasswordEither(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        PostgresEndpoint right = database.servers().postgresPipeUser();
        List<String> secrets = new ArrayList<>(pipe.secrets());
        secrets.add("wr0ng-and-secret");
        pipe.configure(new PostgresEndpoint(right.host(), right.port(), right.user(), "wr0ng-and-secret"));

        WorkflowRun run = jenkins.buildAndAssertStatus(
                Result.FAILURE, Jobs.pipeline(jenkins, "resync", "node { resyncClickPipe '" + pipe.name() + "' }"));

        jenkins.assertLogContains("ERROR: ClickPipe " + pipe.name() + ": resync failed. ", run);
        jenkins.assertLogContains("password", run);
        jenkins.assertLogNotContains("\tat ", run);
        assertNowhere(secrets, files(jenkins));
        assertNowhere(secrets, pages(jenkins, run));
        BuildFiles.assertNothingLeft(jenkins);
    }

    /** One file of each process that can be looked into. */
    private static List<String> processes(String file) throws IOException {
        List<String> contents = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : all.filter(p -> p.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                try {
                    contents.add(Files.readString(process.resolve(file), StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    // somebody else's, or gone
                    contents.add("");
                }
            }
        }
        return contents;
    }

    /** Everything under the controller's home: configuration, builds, workspaces, temporary directories, logs. */
    private static List<String> files(JenkinsRule jenkins) throws IOException {
        List<String> contents = new ArrayList<>();
        Files.walkFileTree(jenkins.jenkins.getRootDir().toPath(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = file.toString();
                if (attributes.isRegularFile() && !name.contains("/plugins/") && !name.endsWith(".jar")) {
                    try {
                        contents.add(name + ": " + Files.readString(file, StandardCharsets.ISO_8859_1));
                    } catch (NoSuchFileException e) {
                        return visitFileFailed(file, e);
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            /** Jenkins at work replaces files by temporary ones. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException fault) throws IOException {
                if (fault instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw fault;
            }
        });
        return contents;
    }

    private static List<String> pages(JenkinsRule jenkins, WorkflowRun run) throws Exception {
        List<String> contents = new ArrayList<>();
        try (JenkinsRule.WebClient web = jenkins.createWebClient().withJavaScriptEnabled(false)) {
            for (String page : List.of(
                    run.getUrl() + "api/json?depth=3",
                    run.getUrl() + "consoleText",
                    run.getUrl(),
                    run.getParent().getUrl() + "config.xml",
                    run.getParent().getUrl() + "api/json?depth=3",
                    "manage/configure")) {
                contents.add(page + ": "
                        + web.getPage(new URL(jenkins.getURL(), page))
                                .getWebResponse()
                                .getContentAsString());
            }
        }
        return contents;
    }

    private static void assertNowhere(List<String> secrets, List<String> contents) {
        assertThat(contents).isNotEmpty();
        for (String secret : secrets) {
            // not the contents themselves in a message of hundreds of megabytes
            assertThat(contents.stream()
                            .filter(content -> content.contains(secret))
                            .map(content -> content.substring(0, Math.min(200, content.length()))))
                    .isEmpty();
        }
    }
}
