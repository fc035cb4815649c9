package io.jenkins.plugins.clickpipe.engine.changes;

import java.util.Optional;

/** Knows whether the source is still what a sync's tables were made from. The thread that reads the stream asks it. */
public interface SourceWatch {
    /**
     * The destination of the table that a relation belongs to; empty for a relation outside of the pipe.
     *
     * @param relation {@code pg_class.oid}
     * @param xid of the transaction that has changed it
     * @throws SourceChangedException when it belongs to a table of the pipe since the catalog was read
     */
    Optional<String> destination(long relation, long xid);

    /**
     * Compares publication and tables with what they were.
     *
     * @param now looks in any case; otherwise not more often than the look is worth
     * @return whether it was looked at
     * @throws SourceChangedException when something is different
     */
    boolean verify(boolean now);
}
