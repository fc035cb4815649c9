package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.FilePath;
import hudson.model.Result;
import hudson.model.Slave;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.InboundAgentExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The engine on an agent, a process of its own, that goes away and comes back. */
@WithJenkins
@WithServers
class AgentTest {
    private static final String PATIENCE = "io.jenkins.plugins.clickpipe.steps.PipeStepExecution.secondsForAgent";

    @RegisterExtension
    private final InboundAgentExtension agents = new InboundAgentExtension();

    @Test
    void aResyncGoesOnWhileItsAgentIsAwayAndFailsWhenItStaysAway(JenkinsRule jenkins, TestDatabase database)
            throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        PostgresEndpoint direct = database.servers().postgresPipeUser();
        Slave agent = agents.createAgent(jenkins, "remote");
        jenkins.jenkins.setNumExecutors(0);
        try (TcpProxy proxy = TcpProxy.to(direct.host(), direct.port())) {
            pipe.configure(direct.throughPort(proxy.port()));
            proxy.pauseAfterBytesToClient(ShopPipe.BYTES_INTO_THE_LOAD);
            WorkflowRun run = begin(jenkins, pipe);
            jenkins.waitForMessage("[Snapshot]", run);
            agents.stop(jenkins, "remote");
            jenkins.waitForMessage("The agent remote is away; waiting up to 600 seconds for it", run);
            proxy.resume();
            agents.start(jenkins, "remote");
            jenkins.waitForMessage("The agent is back; resync goes on", run);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            assertThat(pipe.targetRows("orders")).isEqualTo("20000");
            assertThat(run.getArtifacts()).hasSize(5);
            assertThat(agent.getRootPath().child("caches/clickpipe-resync").list())
                    .hasSize(1);
            assertThat(agent.getRootPath().list("caches/clickpipe-resync/*/*"))
                    .extracting(FilePath::getName)
                    .as("the jar, and the archive of its classes that the first resync has left")
                    .satisfiesExactlyInAnyOrder(
                            name -> assertThat(name).isEqualTo("clickpipe-resync-engine.jar"),
                            name -> assertThat(name).matches("classes-\\w+\\.jsa"));
            assertThat(agent.getRootPath().list("workspace/*@tmp/clickpipe-*/**"))
                    .isEmpty();
            BuildFiles.assertNoSecrets(jenkins, run, pipe.secrets());

            proxy.pauseAfterBytesToClient(ShopPipe.BYTES_INTO_THE_LOAD);
            WorkflowRun lost = begin(jenkins, pipe);
            jenkins.waitForMessage("[Snapshot]", lost);
            System.setProperty(PATIENCE, "2");
            agents.stop(jenkins, "remote");
            jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(lost));
            jenkins.assertLogContains("ERROR: The agent remote has been away for too long.", lost);
            jenkins.assertLogNotContains("\tat ", lost);
            proxy.resume();

            agents.start(jenkins, "remote");
            WorkflowRun next = begin(jenkins, pipe);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(next));
            assertThat(pipe.slots()).hasSize(1);
            assertThat(agent.getRootPath().list("workspace/*@tmp/clickpipe-*/**"))
                    .isEmpty();
        } finally {
            System.clearProperty(PATIENCE);
        }
    }

    private static WorkflowRun begin(JenkinsRule jenkins, ShopPipe pipe) throws Exception {
        return Jobs.pipeline(jenkins, "node { resyncClickPipe '" + pipe.name() + "' }")
                .scheduleBuild2(0)
                .waitForStart();
    }
}
