package io.jenkins.plugins.clickpipe.jobs;

import hudson.console.ModelHyperlinkNote;
import hudson.model.Cause;
import hudson.model.TaskListener;
import hudson.model.User;
import java.util.List;
import java.util.Objects;
import org.kohsuke.stapler.export.Exported;

/** Somebody has pressed Resync. */
public final class ResyncCause extends Cause.UserIdCause {
    private final String pipes;

    /** By the present user. */
    ResyncCause(List<String> pipes) {
        this.pipes = String.join(", ", pipes);
    }

    /** The names of the pipes that the build resyncs, with commas between them. */
    @Exported(visibility = 3)
    public String getPipes() {
        return pipes;
    }

    @Override
    public String getShortDescription() {
        return Messages.ResyncCause_Description(pipes, getUserName());
    }

    @Override
    public void print(TaskListener listener) {
        User user = getUserId() == null ? null : User.getById(getUserId(), false);
        String name = user == null ? getUserName() : ModelHyperlinkNote.encodeTo(user);
        listener.getLogger().println(Messages.ResyncCause_Description(pipes, name));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResyncCause cause && super.equals(other) && pipes.equals(cause.pipes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), pipes);
    }
}
