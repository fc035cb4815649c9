package io.jenkins.plugins.clickpipe.engine.types;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ObjLongConsumer;

/**
 * Turns rows as PostgreSQL prints them into rows of ClickHouse's TabSeparated format, the same way for
 * {@code COPY ... TO STDOUT} in text format and for pgoutput. Of one worker: it counts without locks.
 *
 * <p>A value that its column cannot hold becomes NULL where the column takes it and the type's default elsewhere, and
 * is counted; so is one that arrives altered, and a NULL that has to become a default. With {@code strict} each of them
 * is an {@link UnrepresentableValueException} instead, and the output is as before the row.
 */
public final class RowEncoder {
    /**
     * Stands for a column that a change does not carry, such as the others than the key in a DELETE: NULL or the
     * default, uncounted. Compared by identity.
     */
    @SuppressWarnings("MutablePublicArray") // empty
    public static final byte[] ABSENT = new byte[0];

    private static final byte[] NULL = {'\\', 'N'};
    private static final int PLAIN_BYTES = 64 << 10;

    private final ColumnMapping[] columns;
    private final byte[][] absent;
    private final boolean verbatim;
    private final byte[] lineEnd;
    private final boolean strict;
    private final Alterations alterations;
    private final RowBuffer plain = new RowBuffer(256);

    /**
     * @param columns in the order of the COPY's column list
     * @param trailing constant fields after the columns, separated by tabs and without escapes; empty for none
     * @param strict the setting {@code strictTypes}
     */
    public RowEncoder(List<ColumnMapping> columns, String trailing, boolean strict) {
        this.columns = columns.toArray(ColumnMapping[]::new);
        this.absent = columns.stream()
                .map(m -> m.nullable() ? NULL : m.defaultText().getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        this.verbatim = columns.stream().allMatch(ColumnMapping::passesThrough);
        this.lineEnd = lineEnd(trailing);
        this.strict = strict;
        this.alterations = new Alterations(columns);
    }

    /**
     * What ends a line.
     *
     * @param trailing as in the constructor
     */
    public static byte[] lineEnd(String trailing) {
        String end = trailing.isEmpty() ? "\n" : "\t" + trailing + "\n";
        return end.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Appends the TabSeparated line of one COPY line.
     *
     * @param buf holds the line in {@code [from, to)}, with or without its newline
     */
    public void encodeCopyRow(byte[] buf, int from, int to, RowBuffer out) {
        int end = to > from && buf[to - 1] == '\n' ? to - 1 : to;
        if (verbatim) {
            out.append(buf, from, end);
        } else {
            int start = out.length();
            try {
                encodeFields(buf, from, end, out);
            } catch (UnrepresentableValueException | EncodingException e) {
                out.truncate(start);
                throw e;
            }
        }
        out.append(lineEnd);
    }

    /**
     * Appends the TabSeparated line of values that carry no escapes, as pgoutput sends them.
     *
     * @param values one a column; null for NULL, {@link #ABSENT} for a column that was not sent
     * @param ownLineEnd ends this line, see {@link #lineEnd}: changes differ in their metadata
     */
    public void encodeValues(byte[][] values, byte[] ownLineEnd, RowBuffer out) {
        if (values.length != columns.length) {
            throw new EncodingException("A change has " + values.length + " values for " + columns.length
                    + " columns. The table has been altered; run the resync again.");
        }
        int start = out.length();
        try {
            for (int c = 0; c < values.length; c++) {
                if (c > 0) {
                    out.append('\t');
                }
                byte[] value = values[c];
                if (value == ABSENT) {
                    out.append(absent[c]);
                } else if (value == null) {
                    encodeNull(c, out);
                } else {
                    encodeValue(c, value, 0, value.length, out);
                }
            }
        } catch (UnrepresentableValueException | EncodingException e) {
            out.truncate(start);
            throw e;
        }
        out.append(ownLineEnd);
    }

    /**
     * Appends one field, without what separates it from the next. When it throws, the output may hold a part of it.
     *
     * @param c the column
     * @param text holds a value that carries no escapes in {@code [from, to)}
     */
    public void encodeText(int c, byte[] text, int from, int to, RowBuffer out) {
        encodeValue(c, text, from, to, out);
    }

    /** Appends one field of a NULL. */
    public void encodeNull(int c, RowBuffer out) {
        ColumnMapping mapping = columns[c];
        if (!mapping.nullable() && !mapping.nullExpected()) {
            alter(c, "NULL");
        }
        out.append(absent[c]);
    }

    /** Appends one field that stands for a value that a change does not carry, see {@link #ABSENT}. */
    public void encodeAbsent(int c, RowBuffer out) {
        out.append(absent[c]);
    }

    /** Reports the altered values of each column that had some, and starts counting anew. */
    public void flushAlterations(ObjLongConsumer<String> listener) {
        alterations.flush(listener);
    }

    /** Copies runs of fields that pass untouched in one piece; {@code run} is where the current one began. */
    private void encodeFields(byte[] buf, int from, int to, RowBuffer out) {
        int run = from;
        int field = from;
        for (int c = 0; c < columns.length; c++) {
            int end = field;
            boolean escaped = false;
            while (end < to && buf[end] != '\t') {
                escaped |= buf[end] == '\\';
                end++;
            }
            if ((end == to) != (c == columns.length - 1)) {
                throw otherColumns();
            }
            if (!passes(c, buf, field, end, escaped)) {
                out.append(buf, run, field);
                encodeField(c, buf, field, end, escaped, out);
                run = end;
            }
            field = end + 1;
        }
        out.append(buf, run, to);
    }

    /** Appends one COPY field of a row that does not come in one piece. */
    void encodeCopyField(int c, byte[] buf, int from, int to, RowBuffer out) {
        boolean escaped = DoubleQuoted.hasBackslash(buf, from, to);
        if (passes(c, buf, from, to, escaped)) {
            out.append(buf, from, to);
        } else {
            encodeField(c, buf, from, to, escaped, out);
        }
    }

    /** Counts a value that was written part by part. */
    void count(int c, ValueEncoder.Outcome outcome) {
        if (outcome != ValueEncoder.Outcome.EXACT) {
            alter(c, strict ? "a long value" : "");
        }
    }

    int columnCount() {
        return columns.length;
    }

    ColumnMapping column(int c) {
        return columns[c];
    }

    byte[] lineEnd() {
        return lineEnd;
    }

    EncodingException otherColumns() {
        return EncodingException.otherColumns(columns.length);
    }

    private boolean passes(int c, byte[] buf, int from, int to, boolean escaped) {
        ColumnMapping mapping = columns[c];
        if (escaped && isNull(buf, from, to)) {
            return mapping.nullable();
        }
        return mapping.verbatim() || mapping.encoder().unchanged(buf, from, to);
    }

    private void encodeField(int c, byte[] buf, int from, int to, boolean escaped, RowBuffer out) {
        if (!escaped) {
            encodeValue(c, buf, from, to, out);
        } else if (isNull(buf, from, to)) {
            encodeNull(c, out);
        } else {
            plain.release(PLAIN_BYTES);
            CopyText.unescape(buf, from, to, plain);
            encodeValue(c, plain.bytes(), 0, plain.length(), out);
        }
    }

    private static boolean isNull(byte[] buf, int from, int to) {
        return to - from == 2 && buf[from] == '\\' && buf[from + 1] == 'N';
    }

    private void encodeValue(int c, byte[] text, int from, int to, RowBuffer out) {
        int start = out.length();
        switch (columns[c].encoder().encode(text, from, to, out)) {
            case EXACT -> {}
            case ALTERED -> alter(c, text, from, to);
            case UNREPRESENTABLE -> {
                alter(c, text, from, to);
                out.truncate(start);
                out.append(absent[c]);
            }
        }
    }

    private void alter(int c, byte[] text, int from, int to) {
        alter(c, strict ? ShortenedText.of(text, from, to) : "");
    }

    private void alter(int c, String shown) {
        if (strict) {
            throw new UnrepresentableValueException(columns[c].name(), columns[c].clickHouseType(), shown);
        }
        alterations.count(c);
    }
}
