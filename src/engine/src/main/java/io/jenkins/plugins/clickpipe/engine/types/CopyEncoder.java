package io.jenkins.plugins.clickpipe.engine.types;

import java.util.function.ObjLongConsumer;

/** Turns what one COPY sends, from its beginning to its end, into rows of an insert. */
public interface CopyEncoder {
    /**
     * Appends what can be written of one row.
     *
     * @param piece bytes that follow those taken before are in {@code [from, to)}, at least one
     * @return where the bytes of this row end, or {@code to} when it goes on in the next piece
     * @throws UnrepresentableValueException with the setting {@code strictTypes}; the format is then {@link
     *     RowFormat#TEXT}
     */
    int take(byte[] piece, int from, int to, RowBuffer out);

    /** Whether the last piece was taken up to the end of a row. */
    boolean rowEnded();

    /** Whether a part of a row has been taken, but not its end. */
    boolean insideRow();

    /** The name of the column that the next bytes belong to. */
    String column();

    /** Reports the altered values of each column that had some, and starts counting anew. */
    void flushAlterations(ObjLongConsumer<String> listener);
}
