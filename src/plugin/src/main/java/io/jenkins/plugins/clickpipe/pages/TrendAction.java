package io.jenkins.plugins.clickpipe.pages;

import static java.util.Objects.requireNonNull;

import hudson.Extension;
import hudson.model.Action;
import hudson.model.InvisibleAction;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.clickpipe.process.ResyncAction;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import jenkins.model.TransientActionFactory;
import org.kohsuke.stapler.StaplerProxy;

/**
 * On a job's page, how long its last resyncs took and how many rows they loaded. The page asks for it once it is shown,
 * so that no build is loaded from disk before; at most {@value #MOST_BUILDS} are.
 */
public final class TrendAction extends InvisibleAction implements StaplerProxy {
    private static final int MOST_BUILDS = 30;

    private final Job<?, ?> job;

    private TrendAction(Job<?, ?> job) {
        this.job = requireNonNull(job);
    }

    @Override
    public Object getTarget() {
        job.checkPermission(Item.READ);
        return this;
    }

    @Override
    public String getUrlName() {
        return "clickpipe-trend";
    }

    /** Relative to Jenkins' own. */
    public String getJobUrl() {
        return job.getUrl();
    }

    /** The bars, the oldest build first. */
    public List<TrendBar> getBars() {
        List<ResyncAction> actions = new ArrayList<>();
        int looked = 0;
        for (Run<?, ?> run = job.getLastBuild(); run != null && looked < MOST_BUILDS; run = run.getPreviousBuild()) {
            looked++;
            run.getActions(ResyncAction.class).stream()
                    .filter(ResyncAction::isEnded)
                    .forEach(actions::add);
        }
        Collections.reverse(actions);
        return TrendBar.of(actions);
    }

    /** Only for jobs that have worked on a pipe; it looks at no build. */
    @Extension
    @SuppressWarnings("rawtypes")
    public static final class Factory extends TransientActionFactory<Job> {
        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Class<? extends Action> actionType() {
            return TrendAction.class;
        }

        @Override
        public Collection<? extends Action> createFor(Job target) {
            return PipeRecords.get().knowsJob(target.getFullName()) ? List.of(new TrendAction(target)) : List.of();
        }
    }
}
