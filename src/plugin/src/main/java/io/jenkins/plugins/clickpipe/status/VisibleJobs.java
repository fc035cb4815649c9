package io.jenkins.plugins.clickpipe.status;

import hudson.model.Item;
import hudson.model.Job;
import hudson.security.ACL;
import hudson.security.ACLContext;
import java.util.Optional;
import jenkins.model.Jenkins;

/** Jobs by their full names. */
public final class VisibleJobs {
    private VisibleJobs() {}

    /** The job, whoever asks. */
    public static Optional<Job<?, ?>> find(String fullName) {
        try (ACLContext system = ACL.as2(ACL.SYSTEM2)) {
            return Optional.ofNullable(Jenkins.get().getItemByFullName(fullName, Job.class));
        }
    }

    /** Whether there is such a job and the present user may read it. */
    public static boolean isVisible(String fullName) {
        return find(fullName).filter(job -> job.hasPermission(Item.READ)).isPresent();
    }
}
