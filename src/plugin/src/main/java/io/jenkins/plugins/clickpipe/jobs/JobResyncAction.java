package io.jenkins.plugins.clickpipe.jobs;

import static java.util.Objects.requireNonNull;

import hudson.Extension;
import hudson.model.Action;
import hudson.model.Job;
import io.jenkins.plugins.clickpipe.ClickPipePermissions;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The button on the page of a job that resyncs pipes. */
public final class JobResyncAction implements Action, StaplerProxy {
    private final Job<?, ?> job;

    JobResyncAction(Job<?, ?> job) {
        this.job = requireNonNull(job);
    }

    /** The question's page and its answer need the permission. */
    @Override
    public Object getTarget() {
        job.checkPermission(ClickPipePermissions.RESYNC);
        return this;
    }

    @Override
    public String getIconFileName() {
        return job.hasPermission(ClickPipePermissions.RESYNC) ? "symbol-refresh" : null;
    }

    @Override
    public String getDisplayName() {
        return Messages.JobResyncAction_DisplayName();
    }

    @Override
    public String getUrlName() {
        return "clickpipe-resync";
    }

    public Job<?, ?> getJob() {
        return job;
    }

    public ResyncQuestion getQuestion() {
        return new ResyncQuestion(job);
    }

    /** Starts a build and leads to the job's page. */
    @RequirePOST
    public HttpResponse doStart() {
        job.checkPermission(ClickPipePermissions.RESYNC);
        new ResyncStart(job).now();
        return HttpResponses.redirectViaContextPath(job.getUrl());
    }

    /** Gives the button to the jobs that have something to resync. */
    @Extension
    @SuppressWarnings("rawtypes")
    public static final class Factory extends TransientActionFactory<Job> {
        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Class<? extends Action> actionType() {
            return JobResyncAction.class;
        }

        @Override
        public Collection<? extends Action> createFor(Job target) {
            return ResyncJobs.get().pipes(target).isEmpty() ? List.of() : List.of(new JobResyncAction(target));
        }
    }
}
