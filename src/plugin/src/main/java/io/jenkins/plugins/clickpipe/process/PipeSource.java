package io.jenkins.plugins.clickpipe.process;

import hudson.AbortException;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.clickpipe.status.PipeId;
import java.io.Serializable;
import java.util.Optional;

/**
 * Where a build has its pipe from. It is kept with the build and holds no secret: the engine may be asked about the pipe
 * again after a restart of the controller.
 */
public interface PipeSource extends Serializable {
    /** Which pipe it is for builds of the job. */
    PipeId id(Job<?, ?> job);

    /**
     * The pipe for the engine, with the passwords that the build may use.
     *
     * @throws AbortException when the pipe or its credentials are not there
     */
    PipeInput input(Run<?, ?> run) throws AbortException;

    /** The pipe's setting as it is written in the pipe file; empty when it is left to the engine. */
    Optional<String> setting(String name);
}
