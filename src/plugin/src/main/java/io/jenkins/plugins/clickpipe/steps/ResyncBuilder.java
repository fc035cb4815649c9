package io.jenkins.plugins.clickpipe.steps;

import hudson.Extension;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** The build step that resyncs a pipe. */
public final class ResyncBuilder extends PipeBuilder {
    @DataBoundConstructor
    public ResyncBuilder(String pipe) {
        super(pipe);
    }

    @Override
    EngineCommand command() {
        return EngineCommand.resync(getPipe());
    }

    @Extension
    @Symbol("resyncClickPipe")
    public static final class DescriptorImpl extends PipeBuilderDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.ResyncBuilder_DisplayName();
        }
    }
}
