package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import io.jenkins.plugins.clickpipe.steps.SyncBuilder;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
@WithServers
class FreestyleTest {
    @Test
    void aBuildStepResyncsAndAnotherSyncs(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new ResyncBuilder(pipe.name()));
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);

        assertThat(pipe.targetRows("orders")).isEqualTo("20000");
        assertThat(build.getArtifacts().stream().map(artifact -> artifact.relativePath))
                .contains("clickpipe/" + pipe.name() + "/load-stats.json");
        BuildFiles.assertNoSecrets(jenkins, build, pipe.secrets());
        BuildFiles.assertNothingLeft(jenkins);

        database.executeSource("DELETE FROM orders WHERE id = 1");
        FreeStyleProject sync = jenkins.createFreeStyleProject();
        sync.getBuildersList().add(new SyncBuilder(pipe.name()));
        jenkins.buildAndAssertSuccess(sync);
        assertThat(pipe.targetRows("orders FINAL WHERE id = 1 AND _peerdb_is_deleted = 1"))
                .isEqualTo("1");
    }

    @Test
    void anAbortedBuildLeavesNoSlot(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        PostgresEndpoint direct = database.servers().postgresPipeUser();
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new ResyncBuilder(pipe.name()));
        try (TcpProxy proxy = TcpProxy.to(direct.host(), direct.port())) {
            pipe.configure(direct.throughPort(proxy.port()));
            proxy.pauseAfterBytesToClient(ShopPipe.BYTES_INTO_THE_LOAD);
            FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
            jenkins.waitForMessage("[Snapshot]", build);
            build.getExecutor().interrupt();
            jenkins.waitForMessage("Asking the engine to stop", build);
            proxy.resume();
            jenkins.waitForCompletion(build);
            jenkins.assertBuildStatus(Result.ABORTED, build);
        }
        assertThat(pipe.slots()).isEmpty();
        BuildFiles.assertNothingLeft(jenkins);
    }

    @Test
    void theFormKeepsWhatWasEntered(JenkinsRule jenkins) throws Exception {
        jenkins.assertEqualDataBoundBeans(
                new ResyncBuilder("orders"), jenkins.configRoundtrip(new ResyncBuilder("orders")));
        jenkins.assertEqualDataBoundBeans(
                new SyncBuilder("orders"), jenkins.configRoundtrip(new SyncBuilder("orders")));
    }
}
