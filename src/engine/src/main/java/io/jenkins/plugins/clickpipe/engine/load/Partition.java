package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import java.util.Objects;

/**
 * A range of one relation's rows: the unit of work and of retry. Every row of the table's relations is in exactly
 * one partition.
 *
 * @param table position of the table in the load, from 0
 * @param index position among the partitions of its table, from 0
 * @param condition SQL condition that selects the rows
 * @param order SQL that fixes the order of the rows, or nothing where the scan itself does
 */
public record Partition(int table, int index, Relation relation, String condition, String order, long estimatedRows) {
    public Partition {
        Objects.requireNonNull(relation);
        Objects.requireNonNull(condition);
        Objects.requireNonNull(order);
    }
}
