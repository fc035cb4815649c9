package io.jenkins.plugins.clickpipe.process;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** The headline of what the events of a run have told so far: its phase, how far the load is, and how it went. */
public final class EngineState implements Serializable {
    private static final long serialVersionUID = 1L;

    private String phase = "";
    private String status = "";
    private String message = "";
    private double fraction;
    private long rows;
    private long bytes;
    private int tables;
    private double seconds;
    private double loadSeconds;
    private long retries;
    private long alteredValues;
    private long softDeletedRows;
    private String verification = "";
    private String approval = "";
    private String decidedBy = "";
    private Instant began;

    /** Takes in an event. Types and fields that are not known are passed over. */
    synchronized void accept(JsonObject event) {
        Instant time = event.instant("time").orElse(began);
        if (began == null) {
            began = time;
        }
        seconds = time == null ? 0 : Duration.between(began, time).toMillis() / 1000.0;
        switch (event.text("type")) {
            case "phase" -> phase = event.text("phase");
            case "progress" -> {
                fraction = event.decimal("fraction");
                rows = event.count("rows");
                bytes = event.count("bytes");
            }
            case "approval" -> {
                approval = event.text("state");
                decidedBy = event.text("by");
            }
            case "statistics" -> statistics(event.object("statistics"));
            case "finished" -> {
                status = event.text("status");
                message = event.text("message");
            }
            default -> {
                // for the pipe's record
            }
        }
    }

    private void statistics(JsonObject statistics) {
        status = statistics.text("status");
        seconds = statistics.decimal("seconds");
        JsonObject total = statistics.object("total");
        tables = (int) total.count("tables");
        rows = total.count("rows");
        bytes = total.count("bytes");
        loadSeconds = total.decimal("seconds");
        retries = total.count("retries");
        alteredValues = total.count("alteredValues");
        softDeletedRows = total.count("softDeletedRows");
        verification = total.text("verification");
    }

    /** The present phase with the load's share, such as {@code Snapshot, 43 %}; empty before the first phase. */
    public synchronized String summary() {
        boolean loading = phase.equals("Snapshot") && fraction > 0;
        return loading ? String.format(Locale.ROOT, "%s, %d %%", phase, (int) (fraction * 100)) : phase;
    }

    /** The pipe's status, one of ClickPipes' words; empty when not told. */
    public synchronized String status() {
        return status;
    }

    /** The sentence that ended the run; empty when there was none. */
    public synchronized String message() {
        return message;
    }

    /** The present phase; empty before the first one. */
    synchronized String phase() {
        return phase;
    }

    /** Rows loaded. */
    public synchronized long rows() {
        return rows;
    }

    /** Bytes loaded. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Tables loaded. */
    public synchronized int tables() {
        return tables;
    }

    /** Seconds that the run took. */
    public synchronized double seconds() {
        return seconds;
    }

    /** Seconds that the initial load took; 0 before its end. */
    synchronized double loadSeconds() {
        return loadSeconds;
    }

    synchronized long retries() {
        return retries;
    }

    synchronized long alteredValues() {
        return alteredValues;
    }

    synchronized long softDeletedRows() {
        return softDeletedRows;
    }

    /** {@code PASSED}, {@code FAILED}, {@code NOT_RUN}, or empty before the end. */
    synchronized String verification() {
        return verification;
    }

    /** {@code awaited}, {@code approved}, {@code rejected} or {@code expired}; empty for a swap that asks nobody. */
    synchronized String approval() {
        return approval;
    }

    /** Who has approved or rejected the swap; empty when nobody has. */
    synchronized String decidedBy() {
        return decidedBy;
    }
}
