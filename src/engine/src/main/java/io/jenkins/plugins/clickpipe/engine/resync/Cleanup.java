package io.jenkins.plugins.clickpipe.engine.resync;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows a fault or a stop, on two servers of which one may be gone: each step is tried, whatever became of others. */
final class Cleanup {
    private static final Logger LOG = LoggerFactory.getLogger(Cleanup.class);

    private boolean complete = true;

    void step(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            complete = false;
            LOG.warn("Cleaning up did not succeed, the next command will do it: {}", e.getMessage());
        }
    }

    /** Every step so far has succeeded. */
    boolean isComplete() {
        return complete;
    }
}
