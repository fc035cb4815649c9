package io.jenkins.plugins.clickpipe.control;

import static java.util.Objects.requireNonNull;

import hudson.model.User;
import hudson.security.AccessDeniedException3;
import io.jenkins.plugins.clickpipe.ClickPipePermissions;
import io.jenkins.plugins.clickpipe.jobs.ResyncJobs;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import io.jenkins.plugins.clickpipe.view.Refusal;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.security.stapler.StaplerDispatchable;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * The buttons of a pipe's page that need no build. The page has it as its child {@code control} and includes its view
 * {@code buttons.jelly}. They need ClickPipe/Resync for all of Jenkins or on a job that resyncs the pipe.
 */
public final class PipeControl implements StaplerProxy {
    private final PipeId pipe;

    public PipeControl(PipeId pipe) {
        this.pipe = requireNonNull(pipe);
    }

    /** The questions' pages and their answers need the permission. */
    @Override
    public Object getTarget() {
        checkPermission();
        return this;
    }

    private void checkPermission() {
        if (!isPermitted()) {
            throw new AccessDeniedException3(Jenkins.getAuthentication2(), ClickPipePermissions.RESYNC);
        }
    }

    /** Whether the present user may press the buttons. */
    public boolean isPermitted() {
        return Jenkins.get().hasPermission(ClickPipePermissions.RESYNC)
                || ResyncJobs.get().jobs(pipe).stream().anyMatch(job -> job.hasPermission(ClickPipePermissions.RESYNC));
    }

    /** Relative to Jenkins' own, with a slash at its end. */
    public String getUrl() {
        return pipe.url() + "control/";
    }

    /** All buttons; the page shows those that the pipe's status allows. */
    public List<ControlQuestion> getQuestions() {
        return Stream.of(Command.values())
                .map(command -> new ControlQuestion(pipe, command))
                .toList();
    }

    /** The question's page, for somebody without JavaScript. */
    @StaplerDispatchable
    public ControlQuestion getPause() {
        return new ControlQuestion(pipe, Command.PAUSE);
    }

    /** The same. */
    @StaplerDispatchable
    public ControlQuestion getResume() {
        return new ControlQuestion(pipe, Command.RESUME);
    }

    /** The same. */
    @StaplerDispatchable
    public ControlQuestion getRollback() {
        return new ControlQuestion(pipe, Command.ROLLBACK);
    }

    /** Stops the application of changes and leads to the pipe's page. */
    @RequirePOST
    public HttpResponse doStartPause() {
        return start(Command.PAUSE);
    }

    /** Lets changes be applied again and leads to the pipe's page. */
    @RequirePOST
    public HttpResponse doStartResume() {
        return start(Command.RESUME);
    }

    /** Puts the previous tables back in place and leads to the pipe's page. */
    @RequirePOST
    public HttpResponse doStartRollback() {
        return start(Command.ROLLBACK);
    }

    private HttpResponse start(Command command) {
        checkPermission();
        PipeRecord record = PipeRecords.get().record(pipe);
        if (!command.isAllowed(record)) {
            throw new Refusal(
                    Messages.PipeControl_NotNow(command.label(), pipe.name(), record.status()),
                    pipe.url() + "settings");
        }
        User user = User.current();
        new ControlRun(pipe, command, user == null ? "anonymous" : user.getDisplayName()).start();
        return HttpResponses.redirectViaContextPath(pipe.url());
    }
}
