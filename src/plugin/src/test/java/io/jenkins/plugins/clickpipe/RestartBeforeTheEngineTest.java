package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.process.PipeTurns;
import io.jenkins.plugins.clickpipe.process.ResyncAction;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

@WithServers
class RestartBeforeTheEngineTest {
    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @Test
    void aBuildThatHasEnteredItselfButSavedNoEngineGoesOn(TestDatabase database) throws Throwable {
        String place = "%s from %s:%d/%s"
                .formatted(
                        database.name(),
                        database.servers().postgresPipeUser().host(),
                        database.servers().postgresPipeUser().port(),
                        database.sourceDatabase());
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch dead = new CountDownLatch(1);
        sessions.then(jenkins -> {
            ShopPipe pipe = ShopPipe.create(database);
            // a build that has entered itself asks other work to stop, and comes no further before the controller's end
            assertThat(PipeTurns.begin(place, () -> {
                        entered.countDown();
                        awaitUninterruptibly(dead);
                        throw new AssertionError("the controller is dead");
                    }))
                    .isTrue();
            Jobs.pipeline(jenkins, "resync", "node { resyncClickPipe '" + pipe.name() + "' }")
                    .scheduleBuild2(0)
                    .waitForStart();
            assertThat(entered.await(1, TimeUnit.MINUTES)).isTrue();
        });
        PipeTurns.end(place);
        dead.countDown();
        sessions.then(jenkins -> {
            WorkflowRun run = jenkins.jenkins
                    .getItemByFullName("resync", WorkflowJob.class)
                    .getBuildByNumber(1);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            assertThat(JenkinsRule.getLog(run)).containsOnlyOnce("[Snapshot]");
            assertThat(run.getActions(ResyncAction.class)).hasSize(1);
            assertThat(new ShopPipe(database).targetRows("orders")).isEqualTo("20000");
            BuildFiles.assertNothingLeft(jenkins);
        });
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.yield();
            }
        }
    }
}
