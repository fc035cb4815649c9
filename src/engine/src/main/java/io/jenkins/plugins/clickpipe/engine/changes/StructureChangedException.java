package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.util.List;

/**
 * The stream announces a table otherwise than it is mapped. Thrown before any change of that structure is applied; a
 * sync with a newer mapping goes on where this one ended.
 */
public final class StructureChangedException extends EngineException {
    private static final long serialVersionUID = 1L;

    private final String source;
    private final String destination;
    private final String reason;
    private final List<String> added;

    /**
     * @param added columns that the mapping does not know, when these are all that is different
     * @param reason for example {@code column note was dropped}
     */
    public StructureChangedException(ReplicatedTable table, String reason, List<String> added) {
        super("Table " + table.source() + " changed on the source: " + reason
                + ". Its changes from here on do not fit destination table " + table.destination()
                + ". Run resync to rebuild the table.");
        this.source = table.source().toString();
        this.destination = table.destination();
        this.reason = requireNonNull(reason);
        this.added = List.copyOf(added);
    }

    /** Name of the source table, for example {@code public.orders}. */
    public String source() {
        return source;
    }

    /** Name of the destination table. */
    public String destination() {
        return destination;
    }

    /** What changed, for example {@code column note has another type}. */
    public String reason() {
        return reason;
    }

    /** Columns that are new to the mapping; empty when the table changed in another way. */
    public List<String> added() {
        return added;
    }
}
