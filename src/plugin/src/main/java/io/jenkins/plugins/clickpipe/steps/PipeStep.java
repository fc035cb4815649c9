package io.jenkins.plugins.clickpipe.steps;

import hudson.AbortException;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.ComboBoxModel;
import hudson.util.FormValidation;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.PipeSettings;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import java.util.Set;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A Pipeline step that runs the engine on one pipe, which it names or defines. */
public abstract class PipeStep extends Step {
    private final String pipe;
    private Pipe definition;
    private PipeSettings settings;

    PipeStep(String pipe) {
        this.pipe = Util.fixEmptyAndTrim(pipe);
    }

    /** A pipe of the global configuration; null when the step defines its own. */
    public String getPipe() {
        return pipe;
    }

    /** A pipe that only this step knows; null for one of the global configuration. */
    public Pipe getDefinition() {
        return definition;
    }

    @DataBoundSetter
    public void setDefinition(Pipe definition) {
        this.definition = definition;
    }

    /** Settings of the pipe that are different this time; null for none. */
    public PipeSettings getSettings() {
        return settings;
    }

    @DataBoundSetter
    public void setSettings(PipeSettings settings) {
        this.settings = settings;
    }

    abstract EngineCommand command(String name);

    @Override
    public StepExecution start(StepContext context) throws AbortException {
        EngineCommand command = command(PipeWork.name(pipe, definition));
        return new PipeStepExecution(
                context, new PipeWork(settings == null ? command : command.withSettings(settings.named()), definition));
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
