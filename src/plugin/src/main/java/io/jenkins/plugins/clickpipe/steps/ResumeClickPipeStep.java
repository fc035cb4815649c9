package io.jenkins.plugins.clickpipe.steps;

import hudson.Extension;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import org.kohsuke.stapler.DataBoundConstructor;

/** Lets a paused pipe go on: the next sync applies the changes since it was paused. Returns a map as the resync does. */
public final class ResumeClickPipeStep extends PipeStep {
    @DataBoundConstructor
    public ResumeClickPipeStep(String pipe) {
        super(pipe);
    }

    @Override
    EngineCommand command(String name) {
        return EngineCommand.resume(name);
    }

    @Extension
    public static final class DescriptorImpl extends PipeStepDescriptor {
        public DescriptorImpl() {
            super("resumeClickPipe", Messages.ResumeClickPipeStep_DisplayName());
        }
    }
}
