package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

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
        Path sample = Path.of("../../work/jobs/resync-shop-pipeline/config.xml");
        Path file = jenkins.jenkins.getRootDir().toPath().resolve("jobs/resync-shop-pipeline/config.xml");
        Files.createDirectories(file.getParent());
        Files.copy(sample, file);
        jenkins.jenkins.reload();
        WorkflowJob job = jenkins.jenkins.getItemByFullName("resync-shop-pipeline", WorkflowJob.class);

        jenkins.waitForCompletion(job.scheduleBuild2(0).waitForStart());

        job.save();
        assertThat(file).hasSameTextualContentAs(sample);
    }
}
