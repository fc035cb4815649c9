package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What names a row of a table, or its place in the destination. Two are equal when the destination takes them for one:
 * {@code 1.0} and {@code 1.00} are one number.
 */
public final class RowKey {
    private final List<Value> values;
    /** The values by which keys are compared. */
    private final List<Value> compared;

    /**
     * @param values of the table's {@link ReplicatedTable#key()} in that order, or of all its columns where it has none;
     *     texts and NULLs
     */
    public RowKey(List<Value> values) {
        this(values, values);
    }

    private RowKey(List<Value> values, List<Value> compared) {
        this.values = List.copyOf(values);
        this.compared = requireNonNull(compared);
    }

    /** The key within a row of all mapped columns. */
    static RowKey of(ReplicatedTable table, int[] positions, List<Value> row) {
        Value[] values = new Value[positions.length];
        Value[] compared = null;
        for (int i = 0; i < values.length; i++) {
            values[i] = row.get(positions[i]);
            Value one = table.columns().get(positions[i]).isNumber() ? number(values[i]) : values[i];
            if (one != values[i]) {
                compared = compared == null ? values.clone() : compared;
                compared[i] = one;
            } else if (compared != null) {
                compared[i] = one;
            }
        }
        List<Value> key = List.of(values);
        return new RowKey(key, compared == null ? key : List.of(compared));
    }

    /** Without zeros behind a decimal point, and without the sign of a zero. */
    private static Value number(Value value) {
        if (!(value instanceof Value.Text number)) {
            return value;
        }
        byte[] text = number.array();
        int to = number.to();
        if (hasPlainFraction(number)) {
            while (text[to - 1] == '0') {
                to--;
            }
            to = text[to - 1] == '.' ? to - 1 : to;
        }
        boolean negativeZero = to - number.from() == 2 && text[number.from()] == '-' && text[to - 1] == '0';
        int from = negativeZero ? to - 1 : number.from();
        return from == number.from() && to == number.to() ? value : new Value.Text(text, from, to);
    }

    private static boolean hasPlainFraction(Value.Text number) {
        boolean point = false;
        for (int i = number.from(); i < number.to(); i++) {
            byte character = number.array()[i];
            if (character == 'e' || character == 'E') {
                return false;
            }
            point |= character == '.';
        }
        return point;
    }

    /** As the source or the destination wrote them. */
    public List<Value> values() {
        return values;
    }

    boolean isComplete() {
        return !values.contains(Value.MISSING);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowKey key && key.compared.equals(compared);
    }

    @Override
    public int hashCode() {
        return compared.hashCode();
    }

    @Override
    public String toString() {
        return values.stream()
                .map(value -> value instanceof Value.Stored stored
                        ? "'" + new String(stored.bytes(), StandardCharsets.UTF_8) + "'"
                        : value.toString())
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
