package io.jenkins.plugins.clickpipe.steps;

import hudson.Extension;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import org.kohsuke.stapler.DataBoundConstructor;

/** Puts the tables back that the last resync has kept, all of them or none; once more takes that back. */
public final class RollbackClickPipeStep extends PipeStep {
    @DataBoundConstructor
    public RollbackClickPipeStep(String pipe) {
        super(pipe);
    }

    @Override
    EngineCommand command(String name) {
        return EngineCommand.rollback(name);
    }

    @Extension
    public static final class DescriptorImpl extends PipeStepDescriptor {
        public DescriptorImpl() {
            super("rollbackClickPipe", Messages.RollbackClickPipeStep_DisplayName());
        }
    }
}
