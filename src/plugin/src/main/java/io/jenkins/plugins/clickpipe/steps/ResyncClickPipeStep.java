package io.jenkins.plugins.clickpipe.steps;

import hudson.Extension;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import org.kohsuke.stapler.DataBoundConstructor;

/** Resyncs a pipe; returns a map of {@code status}, {@code rows}, {@code tables} and {@code seconds}. */
public final class ResyncClickPipeStep extends PipeStep {
    @DataBoundConstructor
    public ResyncClickPipeStep(String pipe) {
        super(pipe);
    }

    @Override
    EngineCommand command() {
        return EngineCommand.resync(getPipe());
    }

    @Extension
    public static final class DescriptorImpl extends PipeStepDescriptor {
        public DescriptorImpl() {
            super("resyncClickPipe", Messages.ResyncClickPipeStep_DisplayName());
        }
    }
}
