package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

/** How many changes a second a contender has read and, where it writes, applied: of one run, or the median of several. */
record ChangeRate(String contender, double changesPerSecond) {
    ChangeRate {
        requireNonNull(contender);
    }
}
