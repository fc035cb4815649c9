package io.jenkins.plugins.clickpipe;

import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

@WithServers
class RestartInEachPhaseTest {
    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final List<HeldBuild> builds = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (HeldBuild build : builds) {
            build.close();
        }
    }

    @Test
    void aPipelineGoesOnThroughARestartDuringItsSwap() throws Throwable {
        sessions.then(jenkins -> builds.add(HeldBuild.in(HeldBuild.SWAP, jenkins)));
        sessions.then(jenkins -> {
            HeldBuild held = builds.get(0);
            jenkins.waitForMessage("Resuming build", held.run(jenkins));
            held.release();
            held.assertCompleted(jenkins);
            BuildFiles.assertNothingLeft(jenkins);
        });
    }

    @Test
    void aPipelineGoesOnThroughARestartInEachPhase() throws Throwable {
        sessions.then(jenkins -> {
            jenkins.jenkins.setNumExecutors(10);
            for (String phase : HeldBuild.ALL) {
                builds.add(HeldBuild.in(phase, jenkins));
            }
        });
        sessions.then(jenkins -> {
            for (HeldBuild build : builds) {
                jenkins.waitForMessage("Resuming build", build.run(jenkins));
                build.release();
            }
            for (HeldBuild build : builds) {
                build.assertCompleted(jenkins);
            }
            BuildFiles.assertNothingLeft(jenkins);
        });
    }
}
