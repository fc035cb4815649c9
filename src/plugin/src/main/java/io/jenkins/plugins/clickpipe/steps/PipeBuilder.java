package io.jenkins.plugins.clickpipe.steps;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.Util;
import hudson.model.AbstractProject;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.remoting.ChannelClosedException;
import hudson.remoting.RequestAbortedException;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import hudson.util.ComboBoxModel;
import hudson.util.FormValidation;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.PipeSettings;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import io.jenkins.plugins.clickpipe.process.EngineProcess;
import io.jenkins.plugins.clickpipe.process.EngineResult;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.tasks.SimpleBuildStep;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * A build step of freestyle jobs that runs the engine on one pipe. It stands beside the Pipeline steps because a
 * freestyle build holds a thread and ends with the controller, while a Pipeline step finds its engine again.
 */
public abstract class PipeBuilder extends Builder implements SimpleBuildStep {
    private static final Logger LOG = Logger.getLogger(PipeBuilder.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** The engine allows itself 45 seconds to clean up. */
    private static final Duration PATIENCE_WITH_STOPPING = Duration.ofSeconds(55);

    private final String pipe;
    private Pipe definition;
    private PipeSettings settings;

    PipeBuilder(String pipe) {
        this.pipe = Util.fixEmptyAndTrim(pipe);
    }

    /** A pipe of the global configuration; null when the build step defines its own. */
    public String getPipe() {
        return pipe;
    }

    /** A pipe that only this build step knows; null for one of the global configuration. */
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
    public void perform(Run<?, ?> run, FilePath workspace, EnvVars env, Launcher launcher, TaskListener listener)
            throws IOException, InterruptedException {
        EngineCommand command = command(PipeWork.name(pipe, definition));
        PipeWork work = new PipeWork(settings == null ? command : command.withSettings(settings.named()), definition);
        EngineProcess process = work.start(run, workspace, UUID.randomUUID().toString(), listener);
        process.release(workspace);
        int exitCode;
        try {
            exitCode = awaitEnd(process, workspace, listener);
        } catch (ChannelClosedException | RequestAbortedException | EOFException e) {
            LOG.log(Level.FINE, "the agent's connection broke", e);
            throw new AbortException("The agent " + process.node() + " went away. If the engine still runs there, the"
                    + " next build on ClickPipe " + command.pipe() + " stops it and begins anew.");
        } catch (InterruptedException e) {
            stop(process, run, workspace, listener);
            throw e;
        }
        new EngineResult(process, exitCode).take(run, workspace, listener);
    }

    private static int awaitEnd(EngineProcess process, FilePath workspace, TaskListener listener)
            throws IOException, InterruptedException {
        Optional<Integer> exitCode = process.poll(workspace, listener);
        while (exitCode.isEmpty()) {
            Thread.sleep(PAUSE.toMillis());
            exitCode = process.poll(workspace, listener);
        }
        return exitCode.get();
    }

    private static void stop(EngineProcess process, Run<?, ?> run, FilePath workspace, TaskListener listener)
            throws IOException, InterruptedException {
        listener.getLogger().println("Asking the engine to stop and clean up");
        process.terminate(workspace, listener);
        Instant patience = Instant.now().plus(PATIENCE_WITH_STOPPING);
        Optional<Integer> exitCode = process.poll(workspace, listener);
        while (exitCode.isEmpty() && Instant.now().isBefore(patience)) {
            Thread.sleep(PAUSE.toMillis());
            exitCode = process.poll(workspace, listener);
        }
        if (exitCode.isEmpty()) {
            listener.getLogger().println("The engine did not stop in time and was killed");
            process.kill(workspace);
            return;
        }
        try {
            new EngineResult(process, exitCode.get()).take(run, workspace, listener);
        } catch (AbortException e) {
            listener.getLogger().println(e.getMessage());
        }
    }

    /** What the build steps' descriptors have in common. */
    public abstract static class PipeBuilderDescriptor extends BuildStepDescriptor<Builder> {
        @Override
        @SuppressWarnings("rawtypes")
        public boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return true;
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
