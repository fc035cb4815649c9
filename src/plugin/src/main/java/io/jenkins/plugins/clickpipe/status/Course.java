package io.jenkins.plugins.clickpipe.status;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The course of one command in one build: how a pipe's record changes as the command begins, tells its events, and
 * ends.
 *
 * <p>The engine lets one process at a time work on a pipe. The one that has told a phase is it, and alone changes the
 * record; another one that is refused leaves an error there and nothing else.
 */
public record Course(String command, BuildReference build) {
    private static final String RESYNC = "resync";
    private static final String FAILED = "Failed";
    private static final Set<String> STATUSES =
            Set.of("Setup", "Snapshot", "Resync", "Running", "Pausing", "Paused", "Completed", FAILED);

    public Course {
        requireNonNull(command);
        requireNonNull(build);
    }

    /** The engine's process is started. A resync shows as Setup from now on, unless another one is at work. */
    PipeRecord begun(PipeRecord record, Instant now) {
        PipeRecord seen = record.seenIn(build.job());
        if (record.activity().isPresent() || !changesPipe()) {
            return seen;
        }
        PipeRecord begun =
                seen.with("activity", Activity.begun(command, build, now).toJson());
        return command.equals(RESYNC)
                ? begun.with("before", beforeStatus(record)).inStatus("Setup", "", now)
                : begun;
    }

    private boolean changesPipe() {
        return !command.equals("status") && !command.equals("plan");
    }

    private static JsonObject beforeStatus(PipeRecord record) {
        return JsonObject.EMPTY
                .with("status", record.status())
                .with("reason", record.reason())
                .with("since", record.toJson().text("statusSince"));
    }

    /** The engine has told an event. */
    PipeRecord after(PipeRecord record, JsonObject event) {
        String type = event.text("type");
        if (type.equals("phase") && changesPipe()) {
            return phase(record, event);
        }
        if (!isAtWork(record)) {
            return record;
        }
        if (type.equals("sync")) {
            PipeRecord synced = record.with("sync", event.fields());
            return event.has("lagBytes")
                    ? synced.with("lagBytes", event.count("lagBytes")).with("lagTime", event.text("time"))
                    : synced;
        }
        PipeRecord told = record.load()
                .filter(load -> command.equals(RESYNC))
                .map(load -> record.with("load", load.after(event).toJson()))
                .orElse(record);
        JsonObject statistics = event.object("statistics");
        return statistics.has("status")
                ? told.inStatus(statistics.text("status"), statistics.text("failure"), time(event))
                : told;
    }

    private PipeRecord phase(PipeRecord record, JsonObject event) {
        String phase = event.text("phase");
        Activity activity = record.activity()
                .filter(present -> present.build().equals(build))
                .orElseGet(() -> Activity.begun(command, build, time(event)));
        PipeRecord next = record.with("activity", activity.inPhase(phase).toJson());
        if (STATUSES.contains(phase)) {
            next = next.inStatus(phase, phase.equals(FAILED) ? event.text("message") : "", time(event));
        }
        if (!command.equals(RESYNC)) {
            return next;
        }
        boolean first = activity.phase().equals(Activity.STARTING);
        Optional<LoadStatistics> load = first ? Optional.of(LoadStatistics.cleared(event)) : record.load();
        return next.with("loadBuild", build.toJson())
                .with(
                        "load",
                        load.map(statistics -> statistics.after(event).toJson()).orElse(JsonObject.EMPTY));
    }

    /** The process has ended. */
    PipeRecord ended(PipeRecord record, boolean well, String message, Instant now) {
        Activity activity = record.activity()
                .filter(present -> present.build().equals(build))
                .orElseGet(() -> Activity.begun(command, build, now));
        PipeRecord next = well ? record : record.withError(command, build.toJson(), message, now);
        if (!isAtWork(record)) {
            return next;
        }
        next = next.with("activity", null)
                .with("last", activity.ended(now, well, message).toJson());
        if (!command.equals(RESYNC)) {
            return next;
        }
        if (well) {
            return next.with("lastSuccess", now.toString());
        }
        if (activity.phase().equals(Activity.STARTING)) {
            JsonObject before = record.toJson().object("before");
            return next.with("status", before.text("status"))
                    .with("reason", before.text("reason"))
                    .with("statusSince", before.text("since"));
        }
        return record.status().equals(FAILED) || isLasting(record.status())
                ? next
                : next.inStatus(FAILED, message, now);
    }

    private static boolean isLasting(String status) {
        return status.equals("Running") || status.equals("Completed");
    }

    private boolean isAtWork(PipeRecord record) {
        return record.activity()
                .filter(activity ->
                        activity.build().equals(build) && activity.command().equals(command))
                .isPresent();
    }

    private static Instant time(JsonObject event) {
        return event.instant("time").orElse(Instant.EPOCH);
    }
}
