package io.jenkins.plugins.clickpipe.steps;

import hudson.AbortException;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.ComboBoxModel;
import hudson.util.FormValidation;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import java.util.Set;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A Pipeline step that runs the engine on one pipe, which it names. */
public abstract class PipeStep extends Step {
    private final String pipe;

    PipeStep(String pipe) {
        this.pipe = Util.fixEmptyAndTrim(pipe);
    }

    /** A pipe of the global configuration. */
    public String getPipe() {
        return pipe;
    }

    abstract EngineCommand command();

    @Override
    public StepExecution start(StepContext context) throws AbortException {
        if (pipe == null) {
            throw new AbortException(Messages.PipeChoice_Required());
        }
        return new PipeStepExecution(context, command());
    }

    /** What the steps' descriptors have in common. */
    public abstract static class PipeStepDescriptor extends StepDescriptor {
        private final String function;
        private final String displayName;

        PipeStepDescriptor(String function, String displayName) {
            this.function = function;
            this.displayName = displayName;
        }

        @Override
        public String getFunctionName() {
            return function;
        }

        @Override
        public String getDisplayName() {
            return displayName;
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, FilePath.class, TaskListener.class);
        }

        @POST
        public ComboBoxModel doFillPipeItems(@AncestorInPath Item item) {
            return PipeChoice.items(item);
        }

        @POST
        public FormValidation doCheckPipe(@AncestorInPath Item item, @QueryParameter String value) {
            return PipeChoice.check(item, value);
        }
    }
}
