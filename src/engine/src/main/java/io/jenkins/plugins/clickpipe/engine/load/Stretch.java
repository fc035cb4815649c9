package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import java.util.List;

/**
 * Neighbouring partitions of one relation that one COPY reads, so that many small partitions cost no more than a few
 * large ones.
 *
 * @param partitions in the order of their ranges, at least one
 */
record Stretch(List<Partition> partitions) {
    Stretch {
        partitions = List.copyOf(partitions);
    }

    int table() {
        return first().table();
    }

    Relation relation() {
        return first().relation();
    }

    Range range() {
        return first().range().through(partitions.get(partitions.size() - 1).range());
    }

    private Partition first() {
        return partitions.get(0);
    }

    /** For the log, for example {@code partitions 4 to 7}. */
    String label() {
        int from = first().index();
        return partitions.size() == 1
                ? "partition " + from
                : "partitions " + from + " to " + (from + partitions.size() - 1);
    }
}
