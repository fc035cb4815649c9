package io.jenkins.plugins.clickpipe.steps;

import static java.util.Objects.requireNonNull;

import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Cause;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.PipeOfBuild;
import io.jenkins.plugins.clickpipe.configuration.SettingsText;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import io.jenkins.plugins.clickpipe.process.EngineProcess;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import java.io.IOException;
import java.io.Serializable;

/** A command on a pipe of the global configuration, or on one that the job itself defines. */
final class PipeWork implements Serializable {
    private static final long serialVersionUID = 1L;

    private final EngineCommand command;
    private final Pipe definition;

    /** @param definition null for a pipe of the global configuration */
    PipeWork(EngineCommand command, Pipe definition) {
        this.command = requireNonNull(command);
        this.definition = definition;
    }

    /**
     * The name of the pipe that is named or defined.
     *
     * @throws AbortException when it is neither, or both with different names, or an invalid one
     */
    static String name(String pipe, Pipe definition) throws AbortException {
        if (pipe == null && definition == null) {
            throw new AbortException(Messages.PipeChoice_Required());
        }
        if (definition == null) {
            return pipe;
        }
        if (pipe != null && !pipe.equals(definition.getName())) {
            throw new AbortException(Messages.PipeChoice_Both(pipe, definition.getName()));
        }
        definition.validate();
        return definition.getName();
    }

    /**
     * Starts a process that waits to be released.
     *
     * @param attempt as in {@link EngineProcess#start}
     * @throws AbortException when the pipe or its credentials are not there for the build, or it is worked on
     */
    EngineProcess start(Run<?, ?> run, FilePath workspace, String attempt, TaskListener listener)
            throws IOException, InterruptedException {
        PipeOfBuild pipe = new PipeOfBuild(command.pipe(), definition);
        if (definition != null) {
            PipeRecords.get().defined(pipe.id(run.getParent()), SettingsText.of(definition));
        }
        return EngineProcess.start(command.by(whoWants(run)), pipe, attempt, run, workspace, listener);
    }

    private static String whoWants(Run<?, ?> run) {
        String build = "build " + run.getFullDisplayName();
        Cause.UserIdCause person = run.getCause(Cause.UserIdCause.class);
        return person == null ? build : person.getUserName() + " (" + build + ")";
    }
}
