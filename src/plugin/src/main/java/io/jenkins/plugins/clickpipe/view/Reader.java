package io.jenkins.plugins.clickpipe.view;

import static java.util.Objects.requireNonNull;

import java.util.Set;

/**
 * Who looks at a pipe, as far as it changes what is shown.
 *
 * @param jobs full names of the jobs whose builds the reader may know of
 * @param mayDecide whether the reader may decide about a swap that waits for that
 * @param swapUrl where to decide, relative to Jenkins' own, with a slash at its end
 */
record Reader(Set<String> jobs, boolean mayDecide, String swapUrl) {
    Reader {
        jobs = Set.copyOf(jobs);
        requireNonNull(swapUrl);
    }

    boolean sees(String job) {
        return jobs.contains(job);
    }
}
