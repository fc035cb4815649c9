package io.jenkins.plugins.clickpipe.process;

import groovy.json.JsonSlurperClassic;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/** What the events of a run have told so far: its phase, how far the load is, and in the end how it went. */
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
    private Instant began;

    /** Takes in one line of the engine's event stream. Event types and fields that are not known are passed over. */
    synchronized void accept(String line) {
        if (!(new JsonSlurperClassic().parseText(line) instanceof Map<?, ?> event)) {
            return;
        }
        Instant time = Instant.parse(text(event, "time"));
        if (began == null) {
            began = time;
        }
        seconds = Duration.between(began, time).toMillis() / 1000.0;
        switch (text(event, "type")) {
            case "phase" -> phase = text(event, "phase");
            case "progress" -> {
                fraction = number(event, "fraction").doubleValue();
                load(event);
            }
            case "statistics" -> statistics(event);
            case "finished" -> {
                status = text(event, "status");
                message = text(event, "message");
            }
            default -> {
                // for others
            }
        }
    }

    private void statistics(Map<?, ?> event) {
        if (event.get("statistics") instanceof Map<?, ?> statistics) {
            status = text(statistics, "status");
            seconds = number(statistics, "seconds").doubleValue();
            if (statistics.get("total") instanceof Map<?, ?> total) {
                tables = number(total, "tables").intValue();
                load(total);
            }
        }
    }

    private void load(Map<?, ?> figures) {
        rows = number(figures, "rows").longValue();
        bytes = number(figures, "bytes").longValue();
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

    private static String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : "";
    }

    private static Number number(Map<?, ?> map, String key) {
        return map.get(key) instanceof Number number ? number : 0;
    }
}
