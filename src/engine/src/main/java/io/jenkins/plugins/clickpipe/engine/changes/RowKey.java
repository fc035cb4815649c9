package io.jenkins.plugins.clickpipe.engine.changes;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
        return new RowKey(IntStream.of(positions).mapToObj(row::get).toList());
    }

    boolean isComplete() {
        return values.stream().noneMatch(Value.Missing.class::isInstance);
    }

    @Override
    public String toString() {
        return values.stream().map(Value::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
