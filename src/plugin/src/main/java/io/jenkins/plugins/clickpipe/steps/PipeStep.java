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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
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

    /**
     * What the steps' descriptors have in common. The name is the one argument that has to be there, so that it can be
     * given alone; a definition may take its place, {@code resyncClickPipe clickPipe(name: 'orders', ...)}, since a
     * declarative Pipeline insists on that argument.
     */
    public abstract static class PipeStepDescriptor extends StepDescriptor implements CustomDescribableModel {
        private static final String PIPE = "pipe";
        private static final String DEFINITION = "definition";

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
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            Object pipe = arguments.get(PIPE);
            if (pipe == null || pipe instanceof CharSequence) {
                return arguments;
            }
            Map<String, Object> changed = new LinkedHashMap<>(arguments);
            changed.remove(PIPE);
            changed.put(DEFINITION, pipe);
            return changed;
        }

        @Override
        public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
            Map<String, Object> changed = new TreeMap<>(step.getArguments());
            if (changed.get(PIPE) != null
                    || !(changed.get(DEFINITION) instanceof UninstantiatedDescribable definition)) {
                return step;
            }
            changed.remove(DEFINITION);
            changed.put(PIPE, definition);
            return step.withArguments(changed);
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
