package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The home for a first look, {@code work/}. */
@WithJenkins
class SampleHomeTest {
    @Test
    void theFirstBuildOfTheDeclarativeJobLeavesItsFileAsItIs(JenkinsRule jenkins) throws Exception {
        String saved = Files.readString(Path.of("../../work/jobs/resync-shop-pipeline/config.xml"));
        WorkflowJob job = (WorkflowJob) jenkins.jenkins.createProjectFromXML(
                "resync-shop-pipeline", new ByteArrayInputStream(saved.getBytes(StandardCharsets.UTF_8)));

        jenkins.waitForCompletion(job.scheduleBuild2(0).waitForStart());

        assertThat(job.getConfigFile().asString()).isEqualTo(saved);
    }
}
