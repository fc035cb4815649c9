package io.jenkins.plugins.clickpipe.engine.load;

import java.util.Objects;

/**
 * Which rows of a relation, and in which order they are read. A range without bounds holds all rows.
 *
 * @param from SQL condition of the lower bound; empty for none
 * @param to SQL condition of the upper bound; empty for none
 * @param unordered SQL condition of rows that no bound applies to, which belong to the first range; empty for none
 * @param order SQL that fixes the order of the rows, or nothing where the scan itself does
 */
record Range(String from, String to, String unordered, String order) {
    static final Range ALL = new Range("", "", "", "");

    Range {
        Objects.requireNonNull(from);
        Objects.requireNonNull(to);
        Objects.requireNonNull(unordered);
        Objects.requireNonNull(order);
    }

    /** All rows from this range's first to the last of a later one. */
    Range through(Range last) {
        return new Range(from, last.to, unordered, order);
    }

    /** What follows the relation in a SELECT. */
    String clauses() {
        return where() + order;
    }

    /** The same where the order does not matter. */
    String where() {
        return from.isEmpty() && to.isEmpty() ? "" : " WHERE " + condition();
    }

    private String condition() {
        if (from.isEmpty()) {
            return unordered.isEmpty() ? to : to + " OR " + unordered;
        }
        return to.isEmpty() ? from : from + " AND " + to;
    }
}
