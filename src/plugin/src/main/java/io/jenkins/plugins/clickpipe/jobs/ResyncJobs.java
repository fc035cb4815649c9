package io.jenkins.plugins.clickpipe.jobs;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Job;
import hudson.model.Project;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /** The names of the pipes that a build of the job resyncs, in the order of its steps; a copy. */
    public List<String> pipes(Job<?, ?> job) {
        return List.copyOf(tables(job).keySet());
    }

    /** The jobs that resync the pipe and that the present user may read, by full name. */
    public List<Job<?, ?>> jobs(String pipe) {
        List<Job<?, ?>> jobs = new ArrayList<>();
        Jenkins.get().allItems(Job.class).forEach(job -> {
            if (pipes(job).contains(pipe)) {
                jobs.add(job);
            }
        });
        return jobs;
    }

    /** The pipes with the number of tables that the last resync loaded; 0 when that is not known. */
    Map<String, Integer> tables(Job<?, ?> job) {
        Map<String, Integer> found = new LinkedHashMap<>();
        if (job instanceof Project<?, ?> project) {
            project.getBuildersList().getAll(ResyncBuilder.class).stream()
                    .map(ResyncJobs::pipe)
                    .filter(Objects::nonNull)
                    .forEach(pipe -> found.put(pipe, 0));
        }
        boolean configured = !found.isEmpty();
        recent.of(job).forEach((pipe, tables) -> {
            if (!configured || found.containsKey(pipe)) {
                found.put(pipe, tables);
            }
        });
        return found;
    }

    private static String pipe(ResyncBuilder step) {
        return step.getDefinition() == null
                ? step.getPipe()
                : step.getDefinition().getName();
    }
}
