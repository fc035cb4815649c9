package io.jenkins.plugins.clickpipe.status;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The course of one command that somebody gives the engine: how a pipe's record changes as the command begins, tells its events, and
 * ends.
 *
 * <p>The engine lets one process at a time work on a pipe. The one that has told a phase is it, and alone changes the
 * record; another one that is refused leaves an error there and nothing else. A pause alone may end beside it, well.
 */
public record Course(String command, Actor actor) {
    private static final String RESYNC = "resync";
    private static final String PAUSE = "pause";
    private static final String PAUSING = "Pausing";
    private static final String FAILED = "Failed";
    private static final Set<String> STATUSES =
            Set.of("Setup", "Snapshot", "Resync", "Running", PAUSING, "Paused", "Completed", FAILED);

    public Course {
        requireNonNull(command);
        requireNonNull(actor);
    }

    public static Course of(String command, BuildReference build) {
        return new Course(command, Actor.of(build));
    }

    /**
     * The engine's process is started. A resync shows as Setup from now on, unless another one is at work, and a pause as
     * Pausing, also while a sync is at work.
     */
    PipeRecord begun(PipeRecord record, Instant now) {
        PipeRecord seen = actor.build().map(build -> record.seenIn(build.job())).orElse(record);
        if (command.equals(PAUSE)) {
            seen = seen.with("before", beforeStatus(record)).inStatus(PAUSING, "", now);
        }
        if (record.activity().isPresent() || !changesPipe()) {
            return seen;
        }
        PipeRecord begun =
                seen.with("activity", Activity.begun(command, actor, now).toJson());
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
        if (type.equals("finished") && changesPipe() && !command.equals(RESYNC)) {
            String status = event.text("status");
            boolean told = STATUSES.contains(status) && (event.count("exitCode") == 0 || status.equals(PAUSING));
            return told ? record.inStatus(status, "", time(event)).with("before", null) : record;
        }
        if (!isAtWork(record)) {
            return record;
        }
        if (type.equals("sync")) {
            return record.synced(event);
        }
        if (type.equals("approval")) {
            return record.withApproval(event);
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
                .filter(present -> present.actor().equals(actor))
                .orElseGet(() -> Activity.begun(command, actor, time(event)));
        PipeRecord next = record.with("activity", activity.inPhase(phase).toJson());
        if (STATUSES.contains(phase)) {
            next = next.inStatus(phase, phase.equals(FAILED) ? event.text("message") : "", time(event));
        }
        if (!command.equals(RESYNC)) {
            return next;
        }
        boolean first = activity.phase().equals(Activity.STARTING);
        Optional<LoadStatistics> load = first ? Optional.of(LoadStatistics.cleared(event)) : record.load();
        return next.with("loadBuild", actor.build().map(BuildReference::toJson).orElse(JsonObject.EMPTY))
                .with(
                        "load",
                        load.map(statistics -> statistics.after(event).toJson()).orElse(JsonObject.EMPTY));
    }

    /** The process has ended. */
    PipeRecord ended(PipeRecord record, boolean well, String message, Instant now) {
        Activity activity = record.activity()
                .filter(present -> present.actor().equals(actor))
                .orElseGet(() -> Activity.begun(command, actor, now));
        PipeRecord next = well ? record : record.withError(command, actor, message, now);
        if (command.equals(PAUSE) && !well && record.toJson().has("before")) {
            next = asBefore(next);
        }
        if (!isAtWork(record)) {
            return next;
        }
        next = next.with("activity", null)
                .with("approval", null)
                .with("last", activity.ended(now, well, message).toJson());
        if (!command.equals(RESYNC)) {
            return next;
        }
        if (well) {
            return next.with("lastSuccess", now.toString());
        }
        if (activity.phase().equals(Activity.STARTING)) {
            return asBefore(next);
        }
        return record.status().equals(FAILED) || isLasting(record.status())
                ? next
                : next.inStatus(FAILED, message, now);
    }

    private static PipeRecord asBefore(PipeRecord record) {
        JsonObject before = record.toJson().object("before");
        return record.with("status", before.text("status"))
                .with("reason", before.text("reason"))
                .with("statusSince", before.text("since"))
                .with("before", null);
    }

    private static boolean isLasting(String status) {
        return status.equals("Running") || status.equals("Completed");
    }

    private boolean isAtWork(PipeRecord record) {
        return record.activity()
                .filter(activity ->
                        activity.actor().equals(actor) && activity.command().equals(command))
                .isPresent();
    }

    private static Instant time(JsonObject event) {
        return event.instant("time").orElse(Instant.EPOCH);
    }
}
