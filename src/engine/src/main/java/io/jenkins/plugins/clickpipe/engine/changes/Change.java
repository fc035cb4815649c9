package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * One row or table changed. Rows hold a value for each of the table's columns.
 *
 * @param commitLsn WAL position of the commit record of its transaction
 */
public record Change(ReplicatedTable table, LogSequenceNumber commitLsn, Operation operation) {
    public Change {
        requireNonNull(table);
        requireNonNull(commitLsn);
        requireNonNull(operation);
    }

    /** What happened. */
    public sealed interface Operation {}

    /** A new row. */
    public record Inserted(List<Value> row) implements Operation {
        public Inserted {
            row = List.copyOf(row);
        }
    }

    /** A changed row. */
    public record Updated(Optional<OldRow> old, List<Value> row) implements Operation {
        public Updated {
            row = List.copyOf(row);
        }
    }

    /** A deleted row. */
    public record Deleted(OldRow old) implements Operation {}

    /** The table was emptied. */
    public record Truncated() implements Operation {}

    /**
     * A row as it was.
     *
     * @param full every column is known; if not, what the source did not log is missing
     */
    public record OldRow(boolean full, List<Value> row) {
        public OldRow {
            row = List.copyOf(row);
        }
    }
}
