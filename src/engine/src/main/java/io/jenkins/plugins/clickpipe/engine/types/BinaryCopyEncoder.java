package io.jenkins.plugins.clickpipe.engine.types;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.ObjLongConsumer;

/**
 * COPY's binary format into RowBinary. PostgreSQL sends a header; of each row the number of its fields, and of each
 * field its length, -1 for NULL, and its bytes; at the end -1 in place of a number of fields (PostgreSQL documentation,
 * "COPY", "Binary Format"). Long strings and arrays are written while they arrive, another long value is held until it
 * is complete.
 */
final class BinaryCopyEncoder implements CopyEncoder {
    /** Signature, flags of which none is set, and the length of an extension that is not there. */
    private static final byte[] HEADER = Arrays.copyOf("PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1), 19);

    private static final int FIELD_COUNT = 2;
    private static final int LENGTH = 4;
    private static final int BETWEEN_ROWS = -1;
    /** Values up to this length are encoded in one piece. */
    private static final int WHOLE_VALUE_BYTES = 64 << 10;

    private final ColumnMapping[] columns;
    private final BinaryEncoder[] encoders;
    private final byte[] rowEnd;
    private final IntConsumer held;
    private final Alterations alterations;
    private final RowBuffer cut = new RowBuffer(256);
    private boolean begun;
    private boolean rowEnded;
    private int column = BETWEEN_ROWS;
    private Optional<FieldParts> parts = Optional.empty();
    private int partsLeft;

    /**
     * @param columns in the order of the COPY's column list, each with a binary form
     * @param version of all rows
     * @param held as in {@link LongRow}
     */
    BinaryCopyEncoder(List<ColumnMapping> columns, long version, IntConsumer held) {
        this.columns = columns.toArray(ColumnMapping[]::new);
        this.encoders = columns.stream()
                .map(mapping -> mapping.binary().orElseThrow().encoder())
                .toArray(BinaryEncoder[]::new);
        RowBuffer end = new RowBuffer(Long.BYTES);
        end.appendLittleEndian(version);
        this.rowEnd = end.toByteArray();
        this.held = Objects.requireNonNull(held);
        this.alterations = new Alterations(columns);
    }

    @Override
    public int take(byte[] piece, int from, int to, RowBuffer out) {
        rowEnded = false;
        int i = parts.isEmpty() && cut.length() == 0 ? whole(piece, from, to, out) : from;
        while (i < to && !rowEnded) {
            i = parts.isPresent() ? part(piece, i, to, out) : join(piece, i, to, out);
        }
        return i;
    }

    /** Takes what is complete of one row; returns where the next item begins. */
    private int whole(byte[] bytes, int from, int to, RowBuffer out) {
        int i = column == BETWEEN_ROWS ? begin(bytes, from, to) : from;
        while (column >= 0 && column < encoders.length && to - i >= LENGTH) {
            int length = BinaryValues.int32(bytes, i);
            if (length < 0) {
                encodeNull(out);
            } else if (length <= to - i - LENGTH) {
                encode(bytes, i + LENGTH, i + LENGTH + length, out);
                i += length;
            } else {
                return beginParts(length, out) ? i + LENGTH : i;
            }
            i += LENGTH;
            column++;
        }
        if (column == encoders.length) {
            out.append(rowEnd);
            column = BETWEEN_ROWS;
            rowEnded = true;
        }
        return i;
    }

    /** Takes the header of the COPY, the beginning of a row, or the end of the COPY. */
    private int begin(byte[] bytes, int from, int to) {
        int i = from;
        if (!begun) {
            if (to - i < HEADER.length) {
                return i;
            }
            if (!Arrays.equals(bytes, i, i + HEADER.length, HEADER, 0, HEADER.length)) {
                throw new EncodingException(
                        "PostgreSQL began a COPY in a binary format that the engine does not know.");
            }
            begun = true;
            i += HEADER.length;
        }
        if (to - i < FIELD_COUNT) {
            return i;
        }
        int fields = BinaryValues.int16(bytes, i);
        if (fields == encoders.length) {
            column = 0;
        } else if (fields >= 0) {
            throw EncodingException.otherColumns(encoders.length);
        }
        return i + FIELD_COUNT;
    }

    /** Adds to an item whose beginning was at the end of a piece. */
    private int join(byte[] piece, int from, int to, RowBuffer out) {
        int count = Math.min(itemLength() - cut.length(), to - from);
        cut.append(piece, from, from + count);
        cut.removeFirst(whole(cut.bytes(), 0, cut.length(), out));
        if (cut.length() > WHOLE_VALUE_BYTES) {
            held.accept(cut.length());
        } else if (cut.length() == 0) {
            cut.release(WHOLE_VALUE_BYTES);
        }
        return from + count;
    }

    /** Bytes of the item that {@link #cut} holds the beginning of, as far as is known. */
    private int itemLength() {
        if (column == BETWEEN_ROWS) {
            return begun ? FIELD_COUNT : HEADER.length;
        }
        return cut.length() < LENGTH ? LENGTH : Math.addExact(LENGTH, BinaryValues.int32(cut.bytes(), 0));
    }

    private boolean beginParts(int length, RowBuffer out) {
        if (length <= WHOLE_VALUE_BYTES) {
            return false;
        }
        int start = out.length();
        if (columns[column].nullable()) {
            out.append((byte) 0);
        }
        parts = encoders[column].inParts(length, out);
        if (parts.isEmpty()) {
            out.truncate(start);
        }
        partsLeft = length;
        return parts.isPresent();
    }

    private int part(byte[] piece, int from, int to, RowBuffer out) {
        FieldParts value = parts.orElseThrow();
        int count = Math.min(partsLeft, to - from);
        value.append(piece, from, from + count, out);
        if (value.held() > WHOLE_VALUE_BYTES) {
            held.accept(value.held());
        }
        partsLeft -= count;
        if (partsLeft == 0) {
            if (value.end(out) != ValueEncoder.Outcome.EXACT) {
                alterations.count(column);
            }
            parts = Optional.empty();
            column++;
            whole(piece, to, to, out);
        }
        return from + count;
    }

    private void encode(byte[] bytes, int from, int to, RowBuffer out) {
        int start = out.length();
        if (columns[column].nullable()) {
            out.append((byte) 0);
        }
        ValueEncoder.Outcome outcome = encoders[column].encode(bytes, from, to, out);
        if (outcome != ValueEncoder.Outcome.EXACT) {
            alterations.count(column);
            if (outcome == ValueEncoder.Outcome.UNREPRESENTABLE) {
                out.truncate(start);
                appendAbsent(out);
            }
        }
    }

    private void encodeNull(RowBuffer out) {
        if (!columns[column].nullable() && !columns[column].nullExpected()) {
            alterations.count(column);
        }
        appendAbsent(out);
    }

    private void appendAbsent(RowBuffer out) {
        if (columns[column].nullable()) {
            out.append((byte) 1);
        } else {
            encoders[column].appendDefault(out);
        }
    }

    @Override
    public boolean rowEnded() {
        return rowEnded;
    }

    @Override
    public boolean insideRow() {
        return column != BETWEEN_ROWS || cut.length() > 0;
    }

    @Override
    public String column() {
        return columns[Math.min(Math.max(column, 0), columns.length - 1)].name();
    }

    @Override
    public void flushAlterations(ObjLongConsumer<String> listener) {
        alterations.flush(listener);
    }
}
