package io.jenkins.plugins.clickpipe.jobs;

import static java.util.Objects.requireNonNull;

import hudson.model.Job;
import io.jenkins.plugins.clickpipe.ClickPipePermissions;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.view.Refusal;
import java.util.List;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * The button on a pipe's page. The page has it as its child {@code resync} and includes its view
 * {@code button.jelly}. Who may see the page is the page's matter; to start a job needs ClickPipe/Resync on that job.
 */
public final class PipeResync {
    private final PipeId pipe;

    public PipeResync(PipeId pipe) {
        this.pipe = requireNonNull(pipe);
    }

    public String getPipe() {
        return pipe.name();
    }

    /** Relative to Jenkins' own, with a slash at its end. */
    public String getUrl() {
        return pipe.url() + "resync/";
    }

    /** Of the pipe's page, relative to Jenkins' own. */
    public String getPageUrl() {
        return pipe.url();
    }

    /** The jobs which resync the pipe and which the present user may start so. */
    public List<JobResyncAction> getChoices() {
        return ResyncJobs.get().jobs(pipe).stream()
                .filter(job -> job.hasPermission(ClickPipePermissions.RESYNC))
                .map(JobResyncAction::new)
                .toList();
    }

    /** Why there is nothing to choose. */
    public String getWhyNone() {
        List<Job<?, ?>> jobs = ResyncJobs.get().jobs(pipe);
        return jobs.isEmpty()
                ? Messages.PipeResync_NoJob(pipe.name())
                : Messages.PipeResync_NoPermission(jobs.get(0).getFullDisplayName());
    }

    /** Whether a job has to be made first. */
    public boolean isWithoutJob() {
        return ResyncJobs.get().jobs(pipe).isEmpty();
    }

    /** How to make a job, as a Pipeline. */
    public String getSnippet() {
        return """
                pipeline {
                    agent any
                    stages {
                        stage('Resync') {
                            steps {
                                resyncClickPipe 'NAME'
                            }
                        }
                    }
                }""".replace("NAME", pipe.name());
    }

    /** The choice that the request names, else the first one; null when there is none. */
    public JobResyncAction chosen(StaplerRequest2 request) {
        List<JobResyncAction> choices = getChoices();
        return choices.stream()
                .filter(choice -> choice.getJob().getFullName().equals(request.getParameter("job")))
                .findFirst()
                .orElse(choices.isEmpty() ? null : choices.get(0));
    }

    /**
     * Starts a build and leads to the pipe's page.
     *
     * @param job the full name of a job that resyncs this pipe
     */
    @RequirePOST
    public HttpResponse doStart(@QueryParameter String job) {
        Job<?, ?> found = ResyncJobs.get().jobs(pipe).stream()
                .filter(each -> each.getFullName().equals(job))
                .findFirst()
                .orElseThrow(() -> new Refusal(Messages.PipeResync_NotThisJob(job, pipe.name()), pipe.url()));
        found.checkPermission(ClickPipePermissions.RESYNC);
        new ResyncStart(found).now();
        return HttpResponses.redirectViaContextPath(pipe.url());
    }
}
