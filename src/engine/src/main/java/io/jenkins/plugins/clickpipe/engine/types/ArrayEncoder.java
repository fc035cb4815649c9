package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;
import java.util.Optional;

/**
 * PostgreSQL's array text, for example <code>{1,NULL,"a b"}</code>, into an Array with nullable elements. ClickHouse's
 * column has one dimension and counts from 1: a value with more dimensions is flattened in storage order, explicit
 * bounds are dropped, and an element its type cannot hold becomes NULL; each of the three alters the value.
 */
final class ArrayEncoder implements ValueEncoder {
    private final ValueEncoder element;
    private final byte delimiter;

    /**
     * @param element writes {@link Quoting#ELEMENT}
     * @param delimiter {@code pg_type.typdelim} of the element type
     */
    ArrayEncoder(ValueEncoder element, char delimiter) {
        this.element = Objects.requireNonNull(element);
        this.delimiter = (byte) delimiter;
    }

    @Override
    public Outcome encode(byte[] text, int from, int to, RowBuffer out) {
        ArrayScan scan = new ArrayScan(element, delimiter);
        scan.take(text, from, to, true, out);
        return scan.end(out);
    }

    @Override
    public Optional<FieldParts> inParts() {
        return Optional.of(new ArrayParts(new ArrayScan(element, delimiter)));
    }
}
