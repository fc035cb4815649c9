package io.jenkins.plugins.clickpipe.jobs;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Job;
import hudson.model.Project;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import jenkins.model.Jenkins;

/**
 * Which job resyncs which pipe: a freestyle job by its build steps, any job by what its last builds have done. A Pipeline
 * job is known from its first resync on, because only a build tells which steps its script calls.
 */
@Extension
public final class ResyncJobs {
    private final RecentResyncs recent = new RecentResyncs();

    public static ResyncJobs get() {
        return ExtensionList.lookupSingleton(ResyncJobs.class);
    }

    /** The pipes that a build of the job resyncs, in the order of its steps; a copy. */
    public List<PipeId> pipes(Job<?, ?> job) {
        return List.copyOf(resyncs(job).keySet());
    }

    /** The jobs that resync the pipe and that the present user may read, by full name. */
    public List<Job<?, ?>> jobs(PipeId pipe) {
        Set<String> seen = Set.copyOf(PipeRecords.get().record(pipe).jobs());
        List<Job<?, ?>> jobs = new ArrayList<>();
        Jenkins.get()
                .allItems(
                        Job.class,
                        job -> steps(job).containsKey(pipe)
                                || seen.contains(job.getFullName())
                                        && pipes(job).contains(pipe))
                .forEach(jobs::add);
        return jobs;
    }

    /** The pipes that build steps of jobs resync which the present user may read; looks at no build. */
    public Set<PipeId> pipesOfSteps() {
        Set<PipeId> pipes = new TreeSet<>();
        Jenkins.get()
                .allItems(Job.class, job -> !steps(job).isEmpty())
                .forEach(job -> pipes.addAll(steps(job).keySet()));
        return pipes;
    }

    /**
     * The pipes with what is known of their resync. The builds of a job that has never worked on a pipe are not loaded.
     */
    Map<PipeId, KnownResync> resyncs(Job<?, ?> job) {
        Map<PipeId, KnownResync> steps = steps(job);
        if (!PipeRecords.get().knowsJob(job.getFullName())) {
            return steps;
        }
        Map<PipeId, KnownResync> lastOnes = recent.of(job);
        if (steps.isEmpty()) {
            return lastOnes;
        }
        lastOnes.forEach((pipe, last) -> steps.computeIfPresent(pipe, (name, step) -> step.withTablesOf(last)));
        return steps;
    }

    /** By the build steps of a freestyle job; empty for others. */
    private static Map<PipeId, KnownResync> steps(Job<?, ?> job) {
        Map<PipeId, KnownResync> found = new LinkedHashMap<>();
        if (job instanceof Project<?, ?> project) {
            for (ResyncBuilder step : project.getBuildersList().getAll(ResyncBuilder.class)) {
                pipe(job, step).ifPresent(pipe -> found.putIfAbsent(pipe, KnownResync.of(step)));
            }
        }
        return found;
    }

    private static Optional<PipeId> pipe(Job<?, ?> job, ResyncBuilder step) {
        return step.getDefinition() == null
                ? Optional.ofNullable(step.getPipe()).map(PipeId::configured)
                : Optional.of(PipeId.definedIn(job, step.getDefinition().getName()));
    }
}
