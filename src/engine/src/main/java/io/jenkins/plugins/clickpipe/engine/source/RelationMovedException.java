package io.jenkins.plugins.clickpipe.engine.source;

import java.util.Objects;

/** A relation is not any more what a snapshot saw, so that what is read of it under the snapshot means nothing. */
public final class RelationMovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String how;

    public RelationMovedException(String how) {
        super(how);
        this.how = Objects.requireNonNull(how);
    }

    /** What has happened to the table, as the end of a sentence that names it. */
    public String how() {
        return how;
    }
}
