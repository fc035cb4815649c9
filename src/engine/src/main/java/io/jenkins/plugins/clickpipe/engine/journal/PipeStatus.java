package io.jenkins.plugins.clickpipe.engine.journal;

/** A pipe's status, in ClickPipes' own words. */
public enum PipeStatus {
    SETUP("Setup"),
    SNAPSHOT("Snapshot"),
    RESYNC("Resync"),
    RUNNING("Running"),
    PAUSING("Pausing"),
    PAUSED("Paused"),
    COMPLETED("Completed"),
    FAILED("Failed");

    private final String label;

    PipeStatus(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** A load is at work, or died at it. */
    public boolean isTransitional() {
        return this == SETUP || this == SNAPSHOT || this == RESYNC;
    }
}
