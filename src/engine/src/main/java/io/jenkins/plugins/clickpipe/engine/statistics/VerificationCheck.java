package io.jenkins.plugins.clickpipe.engine.statistics;

import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import java.util.List;
import java.util.Objects;

/**
 * One check of a loaded table before the swap.
 *
 * @param detail the compared figures, one phrase; empty when there is nothing to say
 * @param columns what a check of {@link Kind#CHECKSUMS} says of each column, in the table's order; empty for others
 */
public record VerificationCheck(Kind kind, Verification result, String detail, List<ColumnResult> columns) {
    public VerificationCheck {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(result);
        Objects.requireNonNull(detail);
        columns = List.copyOf(columns);
    }

    /** A check that says nothing of columns. */
    public static VerificationCheck of(Kind kind, Verification result, String detail) {
        return new VerificationCheck(kind, result, detail, List.of());
    }

    /**
     * What is checked.
     *
     * <p>The sentence is the one that holds when the check has passed; the key stands in {@code load-stats.json}.
     */
    public enum Kind {
        ROW_COUNTS("rowCounts", "the row counts are equal", true),
        CHECKSUMS("checksums", "the checksums of all columns are equal", true),
        ROW_LOSS("rowLoss", "the table has not lost too many rows", false);

        private final String key;
        private final String sentence;
        private final boolean comparesWithSource;

        Kind(String key, String sentence, boolean comparesWithSource) {
            this.key = key;
            this.sentence = sentence;
            this.comparesWithSource = comparesWithSource;
        }

        public String key() {
            return key;
        }

        public String sentence() {
            return sentence;
        }

        boolean comparesWithSource() {
            return comparesWithSource;
        }
    }

    /**
     * What a check says of one column.
     *
     * @param result {@code NOT_RUN} where the column could not be compared value by value
     * @param detail what was found; empty where the values are equal
     */
    public record ColumnResult(String column, Verification result, String detail) {
        public ColumnResult {
            Objects.requireNonNull(column);
            Objects.requireNonNull(result);
            Objects.requireNonNull(detail);
        }
    }
}
