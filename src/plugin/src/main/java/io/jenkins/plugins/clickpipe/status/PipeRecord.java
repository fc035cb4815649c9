package io.jenkins.plugins.clickpipe.status;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What Jenkins knows of a pipe, without asking its servers. Never changed: what a build reads of the engine makes a new
 * record, so that a reader has all of one moment. It holds no secret.
 */
public final class PipeRecord {
    /** Of a pipe that no build has worked on. */
    public static final String UNKNOWN = "Unknown";

    private static final int MOST_ERRORS = 5;
    private static final int MOST_JOBS = 50;

    private final String name;
    private final JsonObject fields;

    private PipeRecord(String name, JsonObject fields) {
        this.name = requireNonNull(name);
        this.fields = requireNonNull(fields);
    }

    /** Nothing is known. */
    public static PipeRecord unknown(String name) {
        return new PipeRecord(name, JsonObject.EMPTY);
    }

    static PipeRecord read(JsonObject json) {
        return new PipeRecord(json.text("name"), json);
    }

    JsonObject toJson() {
        return fields.with("name", name);
    }

    PipeRecord with(String field, Object value) {
        return new PipeRecord(name, fields.with(field, value));
    }

    /** The status, with the time since when and, for Failed, the reason. */
    PipeRecord inStatus(String status, String reason, Instant since) {
        PipeRecord next = status.equals(status()) ? this : with("statusSince", since.toString());
        return next.with("status", status).with("reason", reason);
    }

    /** A command failed; {@code build} is without fields when no build gave it. */
    PipeRecord withError(String command, JsonObject build, String message, Instant time) {
        List<Object> errors = new ArrayList<>();
        errors.add(Map.of("time", time.toString(), "command", command, "message", message, "build", build.fields()));
        errors().stream().limit(MOST_ERRORS - 1).map(JsonObject::fields).forEach(errors::add);
        return with("errors", errors);
    }

    /** A job has worked on the pipe. */
    PipeRecord seenIn(String job) {
        List<String> jobs = new ArrayList<>(jobs());
        jobs.remove(job);
        jobs.add(0, job);
        return with("jobs", List.copyOf(jobs.subList(0, Math.min(MOST_JOBS, jobs.size()))));
    }

    PipeRecord renamedJob(String before, String after) {
        return with(
                "jobs",
                jobs().stream().map(job -> job.equals(before) ? after : job).toList());
    }

    PipeRecord withoutJob(String deleted) {
        return with("jobs", jobs().stream().filter(job -> !job.equals(deleted)).toList());
    }

    /** Whether a step defined the pipe, and no job that worked on it is left. */
    boolean isForgotten() {
        return fields.has("settings") && jobs().isEmpty();
    }

    public String name() {
        return name;
    }

    /** One of ClickPipes' words, {@code Not created}, or {@link #UNKNOWN}. */
    public String status() {
        return fields.has("status") ? fields.text("status") : UNKNOWN;
    }

    /** Why the status is Failed; empty otherwise. */
    public String reason() {
        return fields.text("reason");
    }

    /** Since when the status is what it is. */
    public Optional<Instant> statusSince() {
        return fields.instant("statusSince");
    }

    /** What is being done now. */
    public Optional<Activity> activity() {
        return Activity.read(fields.object("activity"));
    }

    /** The command that ended last. */
    public Optional<Activity> last() {
        return Activity.read(fields.object("last"));
    }

    /** The statistics of the last resync's initial load, as far as it has come. */
    public Optional<LoadStatistics> load() {
        return fields.has("load") ? Optional.of(LoadStatistics.of(fields.object("load"))) : Optional.empty();
    }

    /** The build of {@link #load}. */
    public Optional<BuildReference> loadBuild() {
        return BuildReference.read(fields.object("loadBuild"));
    }

    /** When a resync last succeeded. */
    public Optional<Instant> lastSuccess() {
        return fields.instant("lastSuccess");
    }

    /** The last {@code sync} event; without fields when there was none. */
    public JsonObject sync() {
        return fields.object("sync");
    }

    /** WAL bytes that the destination was behind at {@link #lagTime}. */
    public Optional<Long> lagBytes() {
        return fields.has("lagBytes") ? Optional.of(fields.count("lagBytes")) : Optional.empty();
    }

    /** When the lag was measured. */
    public Optional<Instant> lagTime() {
        return fields.instant("lagTime");
    }

    /** The latest first, each with {@code time}, {@code command}, {@code message} and {@code build}. */
    public List<JsonObject> errors() {
        return fields.objects("errors");
    }

    /** Of a pipe that a step defines: its settings by name, without ids of credentials. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        fields.object("settings").fields().forEach((key, value) -> settings.put(key.toString(), value.toString()));
        return settings;
    }

    /** Full names of the jobs whose builds this record tells of. */
    public Set<String> namedJobs() {
        Set<String> named = new TreeSet<>();
        activity().map(Activity::build).map(BuildReference::job).ifPresent(named::add);
        last().map(Activity::build).map(BuildReference::job).ifPresent(named::add);
        loadBuild().map(BuildReference::job).ifPresent(named::add);
        errors().stream()
                .map(error -> error.object("build").text("job"))
                .filter(job -> !job.isEmpty())
                .forEach(named::add);
        return named;
    }

    /** Full names of the jobs that have worked on the pipe, the latest first. */
    public List<String> jobs() {
        return fields.texts("jobs");
    }

    @Override
    public String toString() {
        return name + ": " + status();
    }
}
