package io.jenkins.plugins.clickpipe.status;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The statistics of an initial load, in the form of {@code load-stats.json} (docs/load-stats-schema.md): read from
 * that file, or put together from the events of a load that is under way. Never changed.
 */
public final class LoadStatistics {
    private static final int MOST_SAMPLES = 600;

    private final JsonObject document;

    private LoadStatistics(JsonObject document) {
        this.document = requireNonNull(document);
    }

    /** Those of a resync that has just begun. */
    static LoadStatistics cleared(JsonObject event) {
        return new LoadStatistics(JsonObject.of(Map.of("run", event.text("run"), "started", event.text("time"))));
    }

    /** Those of a file, or of a record. */
    public static LoadStatistics of(JsonObject document) {
        return new LoadStatistics(document);
    }

    /** With what an event tells. */
    LoadStatistics after(JsonObject event) {
        return switch (event.text("type")) {
            case "phase" -> timed(event).phase(event);
            case "progress" -> timed(event).progress(event);
            case "table" -> timed(event).table(event.object("table"));
            case "statistics" -> new LoadStatistics(event.object("statistics"));
            default -> this;
        };
    }

    private LoadStatistics timed(JsonObject event) {
        Optional<Instant> started = document.instant("started");
        Optional<Instant> now = event.instant("time");
        return started.isEmpty() || now.isEmpty()
                ? this
                : with("seconds", Duration.between(started.get(), now.get()).toMillis() / 1000.0);
    }

    private LoadStatistics phase(JsonObject event) {
        List<Object> phases = new ArrayList<>();
        phases().forEach(phase ->
                phases.add((phase.has("ended") ? phase : phase.with("ended", event.text("time"))).fields()));
        Map<String, Object> begun = new LinkedHashMap<>();
        begun.put("phase", event.text("phase"));
        begun.put("message", event.text("message"));
        begun.put("started", event.text("time"));
        phases.add(begun);
        return with("phases", phases);
    }

    private LoadStatistics progress(JsonObject event) {
        List<Object> samples = new ArrayList<>();
        List<JsonObject> before = samples();
        int step = before.size() >= MOST_SAMPLES ? 2 : 1;
        for (int i = 0; i < before.size(); i += step) {
            samples.add(before.get(i).fields());
        }
        Map<String, Object> sample = new LinkedHashMap<>();
        sample.put("time", event.text("time"));
        sample.put("rows", event.count("rows"));
        sample.put("bytes", event.count("bytes"));
        samples.add(sample);
        return with("samples", samples).with("progress", event.fields()).with("total", total(event));
    }

    /** The totals so far, in the words of the file. */
    private Map<String, Object> total(JsonObject event) {
        Map<String, Object> total = new LinkedHashMap<>();
        total.put("tables", tables().size());
        for (String field : List.of("estimatedRows", "rows", "bytes", "partitionsDone", "partitionsTotal")) {
            total.put(field, event.count(field));
        }
        total.put("rowsPerSecond", event.decimal("rowsPerSecond"));
        total.put("bytesPerSecond", event.decimal("bytesPerSecond"));
        total.put("retries", sum("retries"));
        total.put("alteredValues", sum("alteredValues"));
        total.put("softDeletedRows", sum("softDeletedRows"));
        total.put("verification", verification());
        return total;
    }

    private LoadStatistics table(JsonObject told) {
        List<Object> tables = new ArrayList<>();
        boolean known = false;
        for (JsonObject table : tables()) {
            boolean same = table.text("source").equals(told.text("source"));
            known |= same;
            tables.add(same ? told.fields() : table.fields());
        }
        if (!known) {
            tables.add(told.fields());
        }
        LoadStatistics changed = with("tables", tables);
        JsonObject total = changed.total()
                .with("tables", tables.size())
                .with("retries", changed.sum("retries"))
                .with("alteredValues", changed.sum("alteredValues"))
                .with("softDeletedRows", changed.sum("softDeletedRows"))
                .with("verification", changed.verification());
        return changed.with("total", total);
    }

    /** Of all tables, in the words of the file. */
    private String verification() {
        Set<String> results =
                tables().stream().map(table -> table.text("verification")).collect(Collectors.toSet());
        return results.contains("FAILED") ? "FAILED" : results.equals(Set.of("PASSED")) ? "PASSED" : "NOT_RUN";
    }

    private long sum(String field) {
        return tables().stream().mapToLong(table -> table.count(field)).sum();
    }

    private LoadStatistics with(String field, Object value) {
        return new LoadStatistics(document.with(field, value));
    }

    /** Id of the engine's run. */
    public String run() {
        return document.text("run");
    }

    /** When the resync started. */
    public Optional<Instant> started() {
        return document.instant("started");
    }

    /** When it ended. */
    public Optional<Instant> ended() {
        return document.instant("ended");
    }

    /** Seconds that the resync took, or has been under way. */
    public double seconds() {
        return document.decimal("seconds");
    }

    /** Why it failed; empty while it goes well. */
    public String failure() {
        return document.text("failure");
    }

    /** The fields of {@code total}. */
    public JsonObject total() {
        return document.object("total");
    }

    /** The last {@code progress} event of a load that is under way; without fields before and after. */
    public JsonObject progress() {
        return document.object("progress");
    }

    /** In the order they began. */
    public List<JsonObject> phases() {
        return document.objects("phases");
    }

    /** In the order of the load. */
    public List<JsonObject> tables() {
        return document.objects("tables");
    }

    /** The throughput curve, oldest first. */
    public List<JsonObject> samples() {
        return document.objects("samples");
    }

    JsonObject toJson() {
        return document;
    }
}
