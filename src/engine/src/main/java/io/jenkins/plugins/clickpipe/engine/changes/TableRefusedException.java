package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import java.util.function.Supplier;

/**
 * The destination refuses one table's changes for a reason that lies in this table or in what hangs on it, and would
 * refuse them again. Other tables have nothing to do with it and can go on without it.
 */
public final class TableRefusedException extends EngineException {
    private static final long serialVersionUID = 1L;

    private final String source;
    private final String destination;
    private final String reason;

    private TableRefusedException(ReplicatedTable table, TargetException cause) {
        super(
                "Destination table " + table.destination() + " refuses the changes of " + table.source() + ": "
                        + cause.getMessage(),
                cause);
        this.source = table.source().toString();
        this.destination = table.destination();
        this.reason = "ClickHouse refuses its changes, which may lie in the table, its constraints or a materialized"
                + " view that reads it: " + cause.getMessage();
    }

    /** Runs what concerns one table; a fault of the server or the network stays what it is. */
    static <T> T concerning(ReplicatedTable table, Supplier<T> work) {
        try {
            return work.get();
        } catch (TargetException e) {
            throw e.concernsTable() ? new TableRefusedException(table, e) : e;
        }
    }

    /** Name of the source table, for example {@code public.orders}. */
    public String source() {
        return source;
    }

    /** Name of the destination table. */
    public String destination() {
        return destination;
    }

    /** Why, in the server's words. */
    public String reason() {
        return reason;
    }
}
