package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.function.ObjLongConsumer;

/** COPY's text format into TabSeparated: a row is a line. */
final class TextCopyEncoder implements CopyEncoder {
    private final RowEncoder rows;
    private final LongRow longRow;
    private boolean rowEnded;

    /** @param held as in {@link LongRow} */
    TextCopyEncoder(RowEncoder rows, IntConsumer held) {
        this.rows = Objects.requireNonNull(rows);
        this.longRow = new LongRow(rows, held);
    }

    @Override
    public int take(byte[] piece, int from, int to, RowBuffer out) {
        int end = afterNewline(piece, from, to);
        if (longRow.isOpen() || piece[end - 1] != '\n') {
            rowEnded = longRow.add(piece, from, end, out);
        } else {
            rows.encodeCopyRow(piece, from, end, out);
            rowEnded = true;
        }
        return end;
    }

    private static int afterNewline(byte[] piece, int from, int to) {
        int i = from;
        while (i < to && piece[i] != '\n') {
            i++;
        }
        return Math.min(i + 1, to);
    }

    @Override
    public boolean rowEnded() {
        return rowEnded;
    }

    @Override
    public boolean insideRow() {
        return longRow.isOpen();
    }

    @Override
    public String column() {
        return longRow.column();
    }

    @Override
    public void flushAlterations(ObjLongConsumer<String> listener) {
        rows.flushAlterations(listener);
    }
}
