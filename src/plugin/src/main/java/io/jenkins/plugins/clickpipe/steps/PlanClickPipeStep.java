package io.jenkins.plugins.clickpipe.steps;

import hudson.Extension;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import org.kohsuke.stapler.DataBoundConstructor;

/** Tells what a resync would do and changes nothing; returns the plan's text. */
public final class PlanClickPipeStep extends PipeStep {
    @DataBoundConstructor
    public PlanClickPipeStep(String pipe) {
        super(pipe);
    }

    @Override
    EngineCommand command() {
        return EngineCommand.plan(getPipe());
    }

    @Extension
    public static final class DescriptorImpl extends PipeStepDescriptor {
        public DescriptorImpl() {
            super("planClickPipe", Messages.PlanClickPipeStep_DisplayName());
        }
    }
}
