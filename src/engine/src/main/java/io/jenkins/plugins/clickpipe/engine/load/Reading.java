package io.jenkins.plugins.clickpipe.engine.load;

import java.util.Objects;

/** How far a stretch has come, over the attempts at reading it. */
final class Reading {
    private final TableLoad table;
    private final Stretch stretch;
    private long handedOver;

    Reading(TableLoad table, Stretch stretch) {
        this.table = Objects.requireNonNull(table);
        this.stretch = Objects.requireNonNull(stretch);
    }

    TableLoad table() {
        return table;
    }

    Stretch stretch() {
        return stretch;
    }

    /** Rows that are in chunks which were handed over; a further attempt leaves out so many. */
    long handedOver() {
        return handedOver;
    }

    void handOver(long rows) {
        handedOver += rows;
    }
}
