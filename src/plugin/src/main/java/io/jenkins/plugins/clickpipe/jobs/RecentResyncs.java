package io.jenkins.plugins.clickpipe.jobs;

import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.clickpipe.process.ResyncAction;
import io.jenkins.plugins.clickpipe.status.PipeId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * What the last builds of jobs have resynced. A job's builds are looked at once for each build that completes, at most
 * {@value #BUILDS} of them, so that pages which ask often load none from disk.
 */
final class RecentResyncs {
    private static final int BUILDS = 5;

    private final Map<Job<?, ?>, Known> known = new WeakHashMap<>();

    /** The pipes, the latest first, with what is known of their last resync. */
    Map<PipeId, KnownResync> of(Job<?, ?> job) {
        Map<PipeId, KnownResync> found = new LinkedHashMap<>();
        Run<?, ?> last = job.getLastBuild();
        if (last != null && last.isBuilding()) {
            add(last, found);
        }
        completed(job).forEach((pipe, resync) -> found.merge(pipe, resync, RecentResyncs::firstKnown));
        return found;
    }

    private Map<PipeId, KnownResync> completed(Job<?, ?> job) {
        Run<?, ?> newest = job.getLastCompletedBuild();
        if (newest == null) {
            return Map.of();
        }
        synchronized (known) {
            Known before = known.get(job);
            if (before != null && before.build == newest.getNumber()) {
                return before.pipes;
            }
        }
        Map<PipeId, KnownResync> pipes = new LinkedHashMap<>();
        Run<?, ?> run = newest;
        for (int i = 0; i < BUILDS && run != null; i++) {
            add(run, pipes);
            run = run.getPreviousCompletedBuild();
        }
        synchronized (known) {
            known.put(job, new Known(newest.getNumber(), pipes));
        }
        return pipes;
    }

    private static void add(Run<?, ?> run, Map<PipeId, KnownResync> pipes) {
        run.getActions(ResyncAction.class)
                .forEach(action -> pipes.merge(action.getId(), KnownResync.of(action), RecentResyncs::firstKnown));
    }

    private static KnownResync firstKnown(KnownResync later, KnownResync earlier) {
        return later.tables() > 0 ? later : later.withTablesOf(earlier);
    }

    private record Known(int build, Map<PipeId, KnownResync> pipes) {}
}
