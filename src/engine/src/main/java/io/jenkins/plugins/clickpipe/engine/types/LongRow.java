package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Encodes a COPY row that arrives in parts. Text, json, bytea and whatever else is a String pass through as they come,
 * and arrays element by element. A long element, and a long value of another type, is held until it is complete.
 */
public final class LongRow {
    /** Values up to this length are encoded in one piece. */
    private static final int WHOLE_VALUE_BYTES = 64 << 10;

    private final RowEncoder encoder;
    private final IntConsumer held;
    private final RowBuffer field = new RowBuffer(256);
    private int column;
    private Optional<FieldParts> parts = Optional.empty();
    private boolean begun;

    /**
     * @param held hears the length of a value that is held as it grows beyond 64 KiB, in bytes, and may refuse it by an
     *     exception
     */
    public LongRow(RowEncoder encoder, IntConsumer held) {
        this.encoder = Objects.requireNonNull(encoder);
        this.held = Objects.requireNonNull(held);
    }

    /** Whether a part of a row has been added, but not its end. */
    public boolean isOpen() {
        return begun;
    }

    /** Forgets the row. */
    public void reset() {
        begun = false;
        column = 0;
        parts = Optional.empty();
        field.release(WHOLE_VALUE_BYTES);
    }

    /** The name of the column that the next part belongs to. */
    public String column() {
        return encoder.column(Math.min(column, encoder.columnCount() - 1)).name();
    }

    /**
     * Appends what can be written of the row so far.
     *
     * @param part holds in {@code [from, to)} bytes of one row, at its end with the newline
     * @return whether the row is complete
     */
    public boolean add(byte[] part, int from, int to, RowBuffer out) {
        begun = true;
        int start = from;
        for (int i = from; i < to; i++) {
            if (part[i] == '\t' || part[i] == '\n') {
                append(part, start, i, out);
                boolean last = part[i] == '\n';
                endField(last, out);
                start = i + 1;
                if (last) {
                    out.append(encoder.lineEnd());
                    reset();
                    return true;
                }
                out.append('\t');
                column++;
            }
        }
        append(part, start, to, out);
        return false;
    }

    private void append(byte[] part, int from, int to, RowBuffer out) {
        if (parts.isPresent()) {
            parts.get().append(part, from, to, out);
            hold(parts.get().held());
            return;
        }
        field.append(part, from, to);
        if (field.length() > WHOLE_VALUE_BYTES && column < encoder.columnCount()) {
            ColumnMapping mapping = encoder.column(column);
            parts = mapping.verbatim()
                    ? Optional.of(new UntouchedParts())
                    : mapping.encoder().inParts();
            if (parts.isPresent()) {
                parts.get().append(field.bytes(), 0, field.length(), out);
                field.clear();
            } else {
                hold(field.length());
            }
        }
    }

    private void hold(int bytes) {
        if (bytes > WHOLE_VALUE_BYTES) {
            held.accept(bytes);
        }
    }

    private void endField(boolean last, RowBuffer out) {
        if (last != (column == encoder.columnCount() - 1)) {
            throw encoder.otherColumns();
        }
        if (parts.isPresent()) {
            encoder.count(column, parts.get().end(out));
            parts = Optional.empty();
        } else {
            encoder.encodeCopyField(column, field.bytes(), 0, field.length(), out);
            field.release(WHOLE_VALUE_BYTES);
        }
    }
}
