package io.jenkins.plugins.clickpipe.jobs;

import static java.util.Objects.requireNonNull;

import hudson.model.CauseAction;
import hudson.model.Job;
import hudson.model.Queue;
import io.jenkins.plugins.clickpipe.ClickPipePermissions;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.view.Refusal;
import java.util.List;
import jenkins.model.ParameterizedJobMixIn;

/** Starts a job because somebody has pressed Resync. */
final class ResyncStart {
    private final Job<?, ?> job;

    ResyncStart(Job<?, ?> job) {
        this.job = requireNonNull(job);
    }

    /**
     * Queues a build at once, with the default values of the job's parameters.
     *
     * @throws Refusal when a build is under way already, or none can be started
     */
    void now() {
        job.checkPermission(ClickPipePermissions.RESYNC);
        List<String> pipes =
                ResyncJobs.get().pipes(job).stream().map(PipeId::name).toList();
        if (pipes.isEmpty()) {
            throw refused(Messages.ResyncStart_NoPipe(job.getFullDisplayName()));
        }
        // nothing can be queued or begin between the look and the start
        Queue.withLock(() -> queue(pipes));
    }

    private void queue(List<String> pipes) {
        if (job.isBuilding()) {
            throw new Refusal(
                    Messages.ResyncStart_Building(job.getLastBuild().getFullDisplayName()),
                    job.getLastBuild().getUrl());
        }
        if (job.isInQueue()) {
            throw refused(Messages.ResyncStart_Queued(
                    job.getFullDisplayName(), job.getQueueItem().getWhy()));
        }
        if (!job.isBuildable()) {
            throw refused(Messages.ResyncStart_Disabled(job.getFullDisplayName()));
        }
        if (ParameterizedJobMixIn.scheduleBuild2(job, 0, new CauseAction(new ResyncCause(pipes))) == null) {
            throw refused(Messages.ResyncStart_NotQueued(job.getFullDisplayName()));
        }
    }

    private Refusal refused(String message) {
        return new Refusal(message, job.getUrl());
    }
}
