package io.jenkins.plugins.clickpipe.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.AbortException;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.TaskListener;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.SleepBuilder;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class RunningEnginesTest {
    private static final String PLACE = "orders from db:5432/shop";

    @TempDir
    private Path node;

    @Test
    void aBuildThatGoesOnWithoutItsEngineCanTryAgain(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new SleepBuilder(600_000));
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        RunningEngines engines = RunningEngines.get();
        RunningEngine first = engine(build, "first");
        RunningEngine second = engine(build, "second");

        engines.enter(PLACE, first, TaskListener.NULL);
        assertThatThrownBy(() -> engines.enter(PLACE, second, TaskListener.NULL))
                .isInstanceOf(AbortException.class)
                .hasMessageContaining(build.getFullDisplayName());
        engines.abandon(PLACE, engine(build, "first"));
        assertThat(engines.isBuilding(PLACE)).isFalse();
        engines.enter(PLACE, second, TaskListener.NULL);
        assertThat(engines.isBuilding(PLACE)).isTrue();
        assertThat(node.resolve("first")).as("what the first one left").doesNotExist();

        build.getExecutor().interrupt();
        jenkins.waitForCompletion(build);
    }

    @Test
    void aBuildThatHasNotSavedItsEngineRecognisesItAgain(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new SleepBuilder(600_000));
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        RunningEngines engines = RunningEngines.get();

        engines.enter(PLACE, engine(build, "attempt"), TaskListener.NULL);
        engines.enter(PLACE, engine(build, "attempt"), TaskListener.NULL);

        assertThat(engines.isBuilding(PLACE)).isTrue();
        assertThat(engines.builder(PLACE)).contains(build.getFullDisplayName());
        build.getExecutor().interrupt();
        jenkins.waitForCompletion(build);
    }

    @Test
    void anotherJavaWithTheNumberOfAnEngineIsLeftAlone() throws Exception {
        File directory = node.toFile();
        Files.writeString(
                node.resolve(EngineScript.PROCESS_ID), ProcessHandle.current().pid() + "\n");
        assertThat(new StopEngine(StopEngine.Force.NONE).invoke(directory, null))
                .isFalse();
    }

    private RunningEngine engine(FreeStyleBuild build, String directory) throws Exception {
        Path made = Files.createDirectories(node.resolve(directory));
        return new RunningEngine("orders", build, "", made.toString());
    }
}
