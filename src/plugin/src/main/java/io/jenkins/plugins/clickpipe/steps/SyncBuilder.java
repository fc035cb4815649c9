package io.jenkins.plugins.clickpipe.steps;

import hudson.Extension;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** The build step that applies a pipe's changes until it has caught up. */
public final class SyncBuilder extends PipeBuilder {
    @DataBoundConstructor
    public SyncBuilder(String pipe) {
        super(pipe);
    }

    @Override
    EngineCommand command(String name) {
        return EngineCommand.syncOnce(name);
    }

    @Extension
    @Symbol("syncClickPipe")
    public static final class DescriptorImpl extends PipeBuilderDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.SyncBuilder_DisplayName();
        }
    }
}
