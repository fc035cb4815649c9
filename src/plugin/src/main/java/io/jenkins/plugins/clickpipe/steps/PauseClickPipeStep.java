package io.jenkins.plugins.clickpipe.steps;

import hudson.Extension;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import org.kohsuke.stapler.DataBoundConstructor;

/** Pauses a pipe: no sync applies its changes until it is resumed, and its slot keeps them. Returns a map as the resync does. */
public final class PauseClickPipeStep extends PipeStep {
    @DataBoundConstructor
    public PauseClickPipeStep(String pipe) {
        super(pipe);
    }

    @Override
    EngineCommand command(String name) {
        return EngineCommand.pause(name);
    }

    @Extension
    public static final class DescriptorImpl extends PipeStepDescriptor {
        public DescriptorImpl() {
            super("pauseClickPipe", Messages.PauseClickPipeStep_DisplayName());
        }
    }
}
