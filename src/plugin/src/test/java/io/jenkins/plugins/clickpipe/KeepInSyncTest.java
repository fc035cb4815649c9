package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.model.AdministrativeMonitor;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import io.jenkins.plugins.clickpipe.sync.KeepInSync;
import io.jenkins.plugins.clickpipe.sync.SyncMonitor;
import io.jenkins.plugins.clickpipe.sync.SyncRecord;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

@WithServers
class KeepInSyncTest {
    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @Test
    void aRunningPipeIsKeptInSyncBesideBuildsAndThroughARestart(TestDatabase database) throws Throwable {
        sessions.then(jenkins -> {
            ShopPipe pipe = ShopPipe.create(database);
            WorkflowJob job = Jobs.pipeline(
                    jenkins, "resync", "node { def r = resyncClickPipe '%s'; echo r.status }".formatted(pipe.name()));
            jenkins.buildAndAssertSuccess(job);
            keepInSync(pipe, jenkins.createOnlineSlave().getNodeName());

            database.executeSource("INSERT INTO orders VALUES (100001, 'first')");
            eventually().until(() -> pipe.targetRows("orders WHERE id = 100001").equals("1"));

            jenkins.buildAndAssertSuccess(job);
            jenkins.buildAndAssertSuccess(job);
            database.executeSource("DELETE FROM orders WHERE id = 100001");
            eventually().until(() -> pipe.targetRows("orders FINAL WHERE id = 100001 AND _peerdb_is_deleted = 1")
                    .equals("1"));
            assertThat(job.getBuilds()).hasSize(3);
            assertThat(KeepInSync.get().record(pipe.name()).getFailures()).isZero();
            keepInSync(pipe, null);
        });
        sessions.then(jenkins -> {
            ShopPipe pipe = new ShopPipe(database);
            assertThat(KeepInSync.get().record(pipe.name()).getSucceeded()).isPresent();
            database.executeSource("INSERT INTO orders VALUES (100002, 'after the restart')");
            eventually().until(() -> pipe.targetRows("orders WHERE id = 100002").equals("1"));
            assertNoSecrets(jenkins, pipe);
        });
    }

    @Test
    void aPausedPipeWaitsUntilItIsResumed(TestDatabase database) throws Throwable {
        sessions.then(jenkins -> {
            ShopPipe pipe = ShopPipe.create(database);
            run(jenkins, "resyncClickPipe '%s'", pipe);
            keepInSync(pipe, null);
            assertThat(run(jenkins, "echo \"now ${pauseClickPipe('%s').status}\"", pipe))
                    .contains("now Paused");
            eventually().until(() -> record(pipe).getMessage().contains("It was paused by build "));
            assertThat(record(pipe).getFailures()).isZero();
            database.executeSource("INSERT INTO orders VALUES (100001, 'while paused')");
            assertThat(run(jenkins, "echo \"now ${resumeClickPipe('%s').status}\"", pipe))
                    .contains("now Running");
            eventually().until(() -> pipe.targetRows("orders WHERE id = 100001").equals("1"));
            eventually().until(() -> record(pipe).getMessage().isEmpty());
        });
    }

    @Test
    void anErrorIsKeptToldToAdministratorsAndGoneWhenItIsMended(TestDatabase database) throws Throwable {
        sessions.then(jenkins -> {
            ShopPipe pipe = ShopPipe.create(database);
            run(jenkins, "resyncClickPipe '%s'", pipe);
            PostgresEndpoint right = database.servers().postgresPipeUser();
            pipe.configure(new PostgresEndpoint(right.host(), right.port(), right.user(), "wr0ng-and-secret"));
            keepInSync(pipe, null);
            eventually().until(() -> record(pipe).getFailures() >= 3);

            SyncMonitor monitor = AdministrativeMonitor.all().get(SyncMonitor.class);
            assertThat(monitor.isActivated()).isTrue();
            assertThat(monitor.getTroubles()).singleElement().satisfies(trouble -> assertThat(trouble.getSentence())
                    .contains("password")
                    .doesNotContain("wr0ng-and-secret"));
            assertThat(PipeRecords.get().record(PipeId.configured(pipe.name())).errors())
                    .singleElement()
                    .satisfies(error -> assertThat(error.text("message")).contains("password"));
            try (JenkinsRule.WebClient web = jenkins.createWebClient()) {
                assertThat(web.goTo("manage").asNormalizedText())
                        .contains("need somebody")
                        .contains(pipe.name());
                assertThat(web.goTo("clickpipes/pipe/" + pipe.name()).asNormalizedText())
                        .contains("Last errors")
                        .contains("password");
            }
            pipe.configure(right);
            keepInSync(pipe, null);
            eventually().until(() -> record(pipe).getFailures() == 0);
            assertThat(monitor.isActivated()).isFalse();
        });
    }

    @Test
    void aSyncThatIsNoLongerWantedIsStopped(TestDatabase database) throws Throwable {
        sessions.then(jenkins -> {
            ShopPipe pipe = ShopPipe.create(database);
            run(jenkins, "resyncClickPipe '%s'", pipe);
            PostgresEndpoint direct = database.servers().postgresPipeUser();
            try (TcpProxy proxy = TcpProxy.to(direct.host(), direct.port())) {
                proxy.pause();
                pipe.configure(direct.throughPort(proxy.port()));
                keepInSync(pipe, null);
                eventually().until(() -> KeepInSync.get().isRunning(pipe.name()));
                ClickPipesConfiguration.get().setPipes(List.of());
                eventually().until(() -> !KeepInSync.get().isRunning(pipe.name()));
            }
            assertThat(record(pipe).getFailures()).isZero();
        });
    }

    private static void keepInSync(ShopPipe shop, String label) {
        Pipe pipe = ClickPipesConfiguration.get().pipe(shop.name()).orElseThrow();
        pipe.setKeepInSync(true);
        pipe.setSyncLabel(label);
        pipe.getSettings().setSyncIntervalSeconds(1);
        ClickPipesConfiguration.get().setPipes(List.of(pipe));
    }

    private static SyncRecord record(ShopPipe pipe) {
        return KeepInSync.get().record(pipe.name());
    }

    private static String run(JenkinsRule jenkins, String step, ShopPipe pipe) throws Exception {
        WorkflowJob job = Jobs.pipeline(jenkins, "node { " + step.formatted(pipe.name()) + " }");
        return JenkinsRule.getLog(jenkins.buildAndAssertSuccess(job));
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(250));
    }

    private static void assertNoSecrets(JenkinsRule jenkins, ShopPipe pipe) throws Exception {
        try (var files = Files.newDirectoryStream(jenkins.jenkins.getRootDir().toPath(), "*Sync*.xml")) {
            for (Path file : files) {
                for (String secret : pipe.secrets()) {
                    assertThat(Files.readString(file)).doesNotContain(secret);
                }
            }
        }
    }
}
