package io.jenkins.plugins.clickpipe.engine.changes;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What names a row of a table.
 *
 * @param values of the table's {@link ReplicatedTable#key()} in that order, or of all its columns where it has none;
 *     texts and NULLs
 */
public record RowKey(List<Value> values) {
    public RowKey {
        values = List.copyOf(values);
    }

    /** The key within a row of all mapped columns. */
    static RowKey of(int[] positions, List<Value> row) {
        Value[] values = new Value[positions.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.get(positions[i]);
        }
        return new RowKey(List.of(values));
    }

    boolean isComplete() {
        return !values.contains(Value.MISSING);
    }

    @Override
    public String toString() {
        return values.stream().map(Value::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
