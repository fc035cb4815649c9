package io.jenkins.plugins.clickpipe.steps;

import hudson.Extension;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.clickpipe.configuration.FormAccess;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Applies a pipe's changes; returns a map as the resync does. */
public final class SyncClickPipeStep extends PipeStep {
    private int seconds;

    @DataBoundConstructor
    public SyncClickPipeStep(String pipe) {
        super(pipe);
    }

    /** How long changes are applied; 0 until caught up with the WAL position at the start. */
    public int getSeconds() {
        return seconds;
    }

    @DataBoundSetter
    public void setSeconds(int seconds) {
        this.seconds = Math.max(0, seconds);
    }

    @Override
    EngineCommand command(String name) {
        return seconds == 0 ? EngineCommand.syncOnce(name) : EngineCommand.syncFor(name, seconds);
    }

    @Extension
    public static final class DescriptorImpl extends PipeStepDescriptor {
        public DescriptorImpl() {
            super("syncClickPipe", Messages.SyncClickPipeStep_DisplayName());
        }

        @POST
        public FormValidation doCheckSeconds(@AncestorInPath Item item, @QueryParameter String value) {
            return FormAccess.isGranted(item) ? FormValidation.validateNonNegativeInteger(value) : FormValidation.ok();
        }
    }
}
