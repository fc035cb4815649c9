package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
@WithServers
class AbortTest {
    private final List<HeldBuild> builds = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (HeldBuild build : builds) {
            build.close();
        }
    }

    @Test
    void anAbortInEachPhaseLeavesNothingBehind(JenkinsRule jenkins) throws Exception {
        jenkins.jenkins.setNumExecutors(10);
        for (String phase : HeldBuild.ALL) {
            builds.add(HeldBuild.in(phase, jenkins));
        }

        Collections.reverse(builds);
        for (HeldBuild build : builds) {
            build.run(jenkins).getExecutor().interrupt();
        }
        for (HeldBuild build : builds) {
            jenkins.waitForMessage("Asking the engine to stop", build.run(jenkins));
            build.letBytesFlow();
        }

        for (HeldBuild build : builds) {
            build.assertAborted(jenkins);
        }
        BuildFiles.assertNothingLeft(jenkins);
    }

    @Test
    void anAbortDuringTheSwapLetsItComplete(JenkinsRule jenkins) throws Exception {
        HeldBuild held = HeldBuild.in(HeldBuild.SWAP, jenkins);
        builds.add(held);
        held.run(jenkins).getExecutor().interrupt();
        jenkins.waitForMessage("Asking the engine to stop", held.run(jenkins));
        held.letBytesFlow();

        held.assertAborted(jenkins);
        BuildFiles.assertNothingLeft(jenkins);
    }

    @Test
    void aSecondBuildFailsAtOnceAndSaysWhichHoldsThePipe(JenkinsRule jenkins) throws Exception {
        HeldBuild first = HeldBuild.in("Snapshot", jenkins);
        builds.add(first);

        WorkflowRun second = jenkins.buildAndAssertStatus(
                Result.FAILURE,
                Jobs.pipeline(jenkins, "node { syncClickPipe '" + first.pipe().name() + "' }"));
        jenkins.assertLogContains(
                "is being worked on by " + first.run(jenkins).getFullDisplayName() + ". Only one build", second);
        jenkins.assertLogNotContains("\tat ", second);

        first.release();
        first.assertCompleted(jenkins);
        jenkins.buildAndAssertSuccess(second.getParent());
    }

    @Test
    void aRefusedVerificationFailsTheBuildAndNamesTheTable(JenkinsRule jenkins) throws Exception {
        HeldBuild held = HeldBuild.in("Snapshot", jenkins);
        builds.add(held);
        held.pipe()
                .database()
                .executeTarget("INSERT INTO orders_resync (id, generation, _peerdb_version) VALUES (-1, 3, 9)");
        held.release();

        WorkflowRun run = held.run(jenkins);
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("resync was refused by the verification.", run);
        jenkins.assertLogContains("orders: ", run);
        jenkins.assertLogNotContains("\tat ", run);
        assertThat(held.pipe().targetRows("orders WHERE generation = 1 AND _peerdb_is_deleted = 0"))
                .isEqualTo("4900");
    }
}
