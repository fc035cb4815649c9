package io.jenkins.plugins.clickpipe;

import java.io.IOException;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jvnet.hudson.test.JenkinsRule;

/** Pipeline jobs whose script runs in the sandbox. */
final class Jobs {
    private Jobs() {}

    static WorkflowJob pipeline(JenkinsRule jenkins, String script) throws IOException {
        return with(jenkins.createProject(WorkflowJob.class), script);
    }

    static WorkflowJob pipeline(JenkinsRule jenkins, String name, String script) throws IOException {
        return with(jenkins.createProject(WorkflowJob.class, name), script);
    }

    static WorkflowJob with(WorkflowJob job, String script) {
        job.setDefinition(definition(script));
        return job;
    }

    private static CpsFlowDefinition definition(String script) {
        try {
            return new CpsFlowDefinition(script, true);
        } catch (hudson.model.Descriptor.FormException e) {
            throw new IllegalStateException(e);
        }
    }
}
