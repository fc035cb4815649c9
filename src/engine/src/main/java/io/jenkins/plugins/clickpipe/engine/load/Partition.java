package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import java.util.Objects;

/**
 * A range of one relation's rows. Every row of the table's relations is in exactly one partition.
 *
 * @param table position of the table in the load, from 0
 * @param index position among the partitions of its table, from 0
 * @param estimatedBytes of the source, TOAST included
 */
public record Partition(int table, int index, Relation relation, Range range, long estimatedBytes) {
    public Partition {
        Objects.requireNonNull(relation);
        Objects.requireNonNull(range);
    }

    /** What follows FROM in a query of its rows, in whatever order. */
    public String from() {
        return "ONLY " + relation.quoted() + range.where();
    }
}
