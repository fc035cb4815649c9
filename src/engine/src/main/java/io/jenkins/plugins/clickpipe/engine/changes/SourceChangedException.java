package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.EngineException;

/**
 * The publication, or what a table is made of, is not what it was when the sync began. Nothing read since is confirmed;
 * a sync that reads the catalog anew goes on where this one ended, and says what it cannot follow.
 */
public final class SourceChangedException extends EngineException {
    private static final long serialVersionUID = 1L;

    /** @param what for example {@code table public.orders} */
    public SourceChangedException(String what) {
        super(what
                + " changed on the source while its changes were read. Run sync again, which looks at what changed.");
    }
}
