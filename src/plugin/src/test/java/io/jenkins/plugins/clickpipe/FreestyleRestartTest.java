package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

@WithServers
class FreestyleRestartTest {
    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @Test
    void aFreestyleBuildEndsWithTheControllerAndTheNextOneBeginsAnew(TestDatabase database) throws Throwable {
        PostgresEndpoint direct = database.servers().postgresPipeUser();
        try (TcpProxy proxy = TcpProxy.to(direct.host(), direct.port())) {
            sessions.then(jenkins -> {
                ShopPipe pipe = ShopPipe.create(database);
                pipe.configure(direct.throughPort(proxy.port()));
                proxy.pauseAfterBytesToClient(ShopPipe.BYTES_INTO_THE_LOAD);
                FreeStyleProject job = jenkins.createFreeStyleProject("resync");
                job.getBuildersList().add(new ResyncBuilder(pipe.name()));
                FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
                jenkins.waitForMessage("[Snapshot]", build);
            });
            proxy.resume();
            sessions.then(jenkins -> {
                FreeStyleProject job = jenkins.jenkins.getItemByFullName("resync", FreeStyleProject.class);
                FreeStyleBuild ended = job.getBuildByNumber(1);
                assertThat(ended.isBuilding()).isFalse();
                assertThat(ended.getResult()).isIn(Result.ABORTED, Result.FAILURE);
                // Jenkins interrupts its builds as it goes, and sometimes is gone before the build has heard of it.
                assertThat(JenkinsRule.getLog(ended))
                        .containsAnyOf(
                                "The controller stopped during this build", "Stopped. What was begun is cleaned up.");

                FreeStyleBuild next = jenkins.buildAndAssertSuccess(job);

                ShopPipe pipe = new ShopPipe(database);
                assertThat(pipe.targetRows("orders")).isEqualTo("20000");
                assertThat(pipe.slots()).hasSize(1);
                BuildFiles.assertNothingLeft(jenkins);
                BuildFiles.assertNoSecrets(jenkins, next, pipe.secrets());
            });
        }
    }
}
