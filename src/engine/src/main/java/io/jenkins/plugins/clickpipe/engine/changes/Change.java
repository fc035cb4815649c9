package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * One row or table changed. Rows hold a value for each of the table's columns.
 *
 * @param lsn the change's own WAL position
 */
public record Change(ReplicatedTable table, LogSequenceNumber lsn, Operation operation) {
    public Change {
        requireNonNull(table);
        requireNonNull(lsn);
        requireNonNull(operation);
    }

    /** The version of the rows that the change makes: unsigned. */
    long version() {
        return lsn.asLong();
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
     * @param full every column is known; if not, all but the key is missing
     */
    public record OldRow(boolean full, List<Value> row) {
        public OldRow {
            row = List.copyOf(row);
        }
    }
}
