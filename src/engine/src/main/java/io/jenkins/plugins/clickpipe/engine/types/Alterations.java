package io.jenkins.plugins.clickpipe.engine.types;

import java.util.List;
import java.util.function.ObjLongConsumer;

/** Counts the altered values of each column; of one thread. */
final class Alterations {
    private final List<ColumnMapping> columns;
    private final long[] counts;

    Alterations(List<ColumnMapping> columns) {
        this.columns = List.copyOf(columns);
        this.counts = new long[columns.size()];
    }

    void count(int column) {
        counts[column]++;
    }

    /** Reports the columns that had some, and starts counting anew. */
    void flush(ObjLongConsumer<String> listener) {
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] > 0) {
                listener.accept(columns.get(c).name(), counts[c]);
                counts[c] = 0;
            }
        }
    }
}
