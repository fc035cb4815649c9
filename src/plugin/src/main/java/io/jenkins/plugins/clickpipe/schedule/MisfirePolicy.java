package io.jenkins.plugins.clickpipe.schedule;

/** What becomes of a time that passed while Jenkins was down or not ready. */
public enum MisfirePolicy {
    /** Nothing; the job runs at the next time. */
    SKIP,
    /** The job runs once, however many times have passed, if the last of them is not older than the grace period. */
    RUN_ONCE;

    /** In the form. */
    public String getDisplayName() {
        return this == SKIP ? Messages.MisfirePolicy_Skip() : Messages.MisfirePolicy_RunOnce();
    }
}
