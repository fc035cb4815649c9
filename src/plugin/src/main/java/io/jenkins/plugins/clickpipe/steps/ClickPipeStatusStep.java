package io.jenkins.plugins.clickpipe.steps;

import hudson.Extension;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import org.kohsuke.stapler.DataBoundConstructor;

/** Tells how a pipe stands; returns a map of {@code status}, {@code reason}, {@code lagBytes} and the last load's figures. */
public final class ClickPipeStatusStep extends PipeStep {
    @DataBoundConstructor
    public ClickPipeStatusStep(String pipe) {
        super(pipe);
    }

    @Override
    EngineCommand command(String name) {
        return EngineCommand.status(name);
    }

    @Extension
    public static final class DescriptorImpl extends PipeStepDescriptor {
        public DescriptorImpl() {
            super("clickPipeStatus", Messages.ClickPipeStatusStep_DisplayName());
        }
    }
}
