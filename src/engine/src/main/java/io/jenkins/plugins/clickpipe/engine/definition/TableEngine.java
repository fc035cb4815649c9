package io.jenkins.plugins.clickpipe.engine.definition;

/** ClickHouse table engines a pipe can write to, with the names of the ClickPipes API. */
public enum TableEngine {
    REPLACING_MERGE_TREE("ReplacingMergeTree"),
    MERGE_TREE("MergeTree"),
    NULL("Null");

    private final String label;

    TableEngine(String label) {
        this.label = label;
    }

    /** The word used in pipe files and in ClickHouse DDL. */
    public String label() {
        return label;
    }
}
