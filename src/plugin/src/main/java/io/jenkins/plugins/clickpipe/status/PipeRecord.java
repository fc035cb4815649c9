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
    private static final int MOST_SYNCS = 10;
    private static final int MOST_JOBS = 50;

    private final PipeId id;
    private final JsonObject fields;

    private PipeRecord(PipeId id, JsonObject fields) {
        this.id = requireNonNull(id);
        this.fields = requireNonNull(fields);
    }

    /** Nothing is known. */
    public static PipeRecord unknown(PipeId id) {
        return new PipeRecord(id, JsonObject.EMPTY);
    }

    static PipeRecord read(JsonObject json) {
        return new PipeRecord(new PipeId(json.text("folder"), json.text("name")), json);
    }

    JsonObject toJson() {
        JsonObject named = fields.with("name", id.name());
        return id.folder().isEmpty() ? named : named.with("folder", id.folder());
    }

    PipeRecord with(String field, Object value) {
        return new PipeRecord(id, fields.with(field, value));
    }

    /** The same of another pipe. */
    PipeRecord as(PipeId other) {
        return new PipeRecord(other, fields);
    }

    /** The status, with the time since when and, for Failed, the reason. */
    PipeRecord inStatus(String status, String reason, Instant since) {
        PipeRecord next = status.equals(status()) ? this : with("statusSince", since.toString());
        return next.with("status", status).with("reason", reason);
    }

    /** A command failed. */
    PipeRecord withError(String command, Actor actor, String message, Instant time) {
        Map<String, Object> error = new LinkedHashMap<>(actor.fields());
        error.put("time", time.toString());
        error.put("command", command);
        error.put("message", message);
        List<Object> errors = new ArrayList<>(List.of(error));
        errors().stream().limit(MOST_ERRORS - 1).map(JsonObject::fields).forEach(errors::add);
        return with("errors", errors);
    }

    /** A sync has told how far it is, or how it ended. Its later events take the place of its earlier ones. */
    PipeRecord synced(JsonObject event) {
        List<Object> cycles = new ArrayList<>(List.of(event.fields()));
        syncs().stream()
                .filter(cycle -> !cycle.text("run").equals(event.text("run")))
                .limit(MOST_SYNCS - 1)
                .map(JsonObject::fields)
                .forEach(cycles::add);
        return with("syncs", cycles).withLag(event, event.instant("time").orElse(Instant.EPOCH));
    }

    /** @param report an event or status report with {@code lagBytes} and {@code lagSeconds} */
    PipeRecord withLag(JsonObject report, Instant time) {
        return report.has("lagBytes")
                ? with("lagBytes", report.count("lagBytes"))
                        .with("lagSeconds", report.has("lagSeconds") ? report.decimal("lagSeconds") : null)
                        .with("lagTime", time.toString())
                : this;
    }

    /** The engine waits for somebody's decision about the swap, or no longer does. */
    PipeRecord withApproval(JsonObject event) {
        return with("approval", event.text("state").equals("awaited") ? event.fields() : null);
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

    /** The same with these jobs alone, and without the errors of other jobs' builds. */
    PipeRecord ofJobs(List<String> jobs) {
        return with("jobs", List.copyOf(jobs))
                .with(
                        "errors",
                        errors().stream()
                                .filter(error -> {
                                    String job = error.object("build").text("job");
                                    return job.isEmpty() || jobs.contains(job);
                                })
                                .map(JsonObject::fields)
                                .toList());
    }

    /** Whether a step defined the pipe. */
    boolean isDefined() {
        return fields.has("settings");
    }

    /** Whether a step defined the pipe, and no job that worked on it is left. */
    boolean isForgotten() {
        return isDefined() && jobs().isEmpty();
    }

    public PipeId id() {
        return id;
    }

    public String name() {
        return id.name();
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

    /** The last {@code sync} event of each of the last syncs, the latest first. */
    public List<JsonObject> syncs() {
        return fields.objects("syncs");
    }

    /** The {@code approval} event of a swap that waits for somebody's decision; without fields when none does. */
    public JsonObject approval() {
        return fields.object("approval");
    }

    /** Until when a rollback can put the tables back that the last swap has put aside; empty when it cannot. */
    public Optional<Instant> previousUntil() {
        return fields.instant("previousUntil");
    }

    /** Whether previous tables are in place, so that the pipe cannot go on from its slot. */
    public boolean isRolledBack() {
        return fields.flag("rolledBack");
    }

    /** WAL bytes that PostgreSQL keeps for the pipe's slot, when the servers were last asked. */
    public Optional<Long> retainedBytes() {
        return fields.has("retainedBytes") ? Optional.of(fields.count("retainedBytes")) : Optional.empty();
    }

    /** Seconds that the destination was behind at {@link #lagTime}. */
    public Optional<Double> lagSeconds() {
        return fields.has("lagSeconds") ? Optional.of(fields.decimal("lagSeconds")) : Optional.empty();
    }

    /** WAL bytes that the destination was behind at {@link #lagTime}. */
    public Optional<Long> lagBytes() {
        return fields.has("lagBytes") ? Optional.of(fields.count("lagBytes")) : Optional.empty();
    }

    /** When the lag was measured. */
    public Optional<Instant> lagTime() {
        return fields.instant("lagTime");
    }

    /** The latest first, each with {@code time}, {@code command}, {@code message}, and {@code build} or {@code person}. */
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
        activity().flatMap(Activity::build).map(BuildReference::job).ifPresent(named::add);
        last().flatMap(Activity::build).map(BuildReference::job).ifPresent(named::add);
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
        return id + ": " + status();
    }
}
