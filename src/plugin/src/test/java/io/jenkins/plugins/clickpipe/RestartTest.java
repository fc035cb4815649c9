package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

@WithServers
class RestartTest {
    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @Test
    void aResyncGoesOnThroughARestartInItsSnapshot(TestDatabase database) throws Throwable {
        PostgresEndpoint direct = database.servers().postgresPipeUser();
        try (TcpProxy proxy = TcpProxy.to(direct.host(), direct.port())) {
            sessions.then(jenkins -> {
                ShopPipe pipe = ShopPipe.create(database);
                pipe.configure(direct.throughPort(proxy.port()));
                WorkflowJob job = jenkins.createProject(WorkflowJob.class, "resync");
                job.setDefinition(new CpsFlowDefinition(
                        "node { def r = resyncClickPipe '%s'; echo \"${r.status}: ${r.rows} rows\" }"
                                .formatted(pipe.name()),
                        true));
                proxy.pauseAfterBytesToClient(ShopPipe.BYTES_INTO_THE_LOAD);
                WorkflowRun run = job.scheduleBuild2(0).waitForStart();
                jenkins.waitForMessage("[Snapshot]", run);
            });
            sessions.then(jenkins -> {
                WorkflowRun run = jenkins.jenkins
                        .getItemByFullName("resync", WorkflowJob.class)
                        .getBuildByNumber(1);
                jenkins.waitForMessage("Resuming build", run);
                try (JenkinsRule.WebClient web = jenkins.createWebClient()) {
                    assertThat(web.getPage(run, "clickpipe/")
                                    .querySelector("[aria-current=step]")
                                    .asNormalizedText())
                            .contains("Snapshot");
                }
                proxy.resume();
                jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
                jenkins.assertLogContains("Running: 20500 rows", run);
                assertThat(JenkinsRule.getLog(run)).containsOnlyOnce("[Snapshot]");
                assertThat(run.getArtifacts()).hasSize(5);
                ShopPipe pipe = new ShopPipe(database);
                BuildFiles.assertNoSecrets(jenkins, run, pipe.secrets());
                assertThat(pipe.targetRows("orders")).isEqualTo("20000");
                BuildFiles.assertNothingLeft(jenkins);
            });
        }
    }
}
