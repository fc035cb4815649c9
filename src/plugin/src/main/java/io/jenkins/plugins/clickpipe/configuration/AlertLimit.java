package io.jenkins.plugins.clickpipe.configuration;

import hudson.Util;
import hudson.util.FormValidation;

/** From what on administrators are told of a pipe. */
enum AlertLimit {
    /** That the destination is behind. */
    MINUTES(15, 1, 100_000),
    /** Of WAL that PostgreSQL keeps for the slot. */
    MEGABYTES(1024, 1, 100_000_000);

    private final int byDefault;
    private final int least;
    private final int most;

    AlertLimit(int byDefault, int least, int most) {
        this.byDefault = byDefault;
        this.least = least;
        this.most = most;
    }

    int orDefault(Integer chosen) {
        return chosen == null ? byDefault : chosen;
    }

    /** @throws IllegalArgumentException naming the range; null is in it and stands for the default */
    Integer checked(Integer chosen) {
        if (chosen != null && (chosen < least || chosen > most)) {
            throw new IllegalArgumentException(Messages.AlertLimit_OutOfRange(least, most));
        }
        return chosen;
    }

    FormValidation check(String value) {
        return Util.fixEmptyAndTrim(value) == null
                ? FormValidation.ok()
                : FormValidation.validateIntegerInRange(value, least, most);
    }
}
