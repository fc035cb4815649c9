package io.jenkins.plugins.clickpipe.view;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.Activity;
import io.jenkins.plugins.clickpipe.status.BuildReference;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import io.jenkins.plugins.clickpipe.status.LoadStatistics;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import jenkins.model.Jenkins;

/** A pipe's record as texts for a page. */
final class PipeView {
    private final PipeRecord record;
    private final Reader reader;

    PipeView(PipeRecord record, Reader reader) {
        this.record = requireNonNull(record);
        this.reader = requireNonNull(reader);
    }

    /** For the pipe's own page. */
    Map<String, Object> whole() {
        Optional<Activity> resync =
                record.activity().filter(activity -> activity.command().equals("resync"));
        boolean failed = resync.isEmpty() && record.status().equals("Failed");
        LoadStatistics load = starting(resync) ? LoadStatistics.of(JsonObject.EMPTY) : loaded();
        Map<String, Object> view = new LinkedHashMap<>(row());
        view.put("since", HumanUnits.time(record.statusSince()));
        view.put("reason", record.reason());
        view.put("activity", record.activity().map(this::activity).orElse("–"));
        view.put(
                "activityTime",
                record.activity()
                        .map(activity -> "since " + HumanUnits.time(Optional.of(activity.started())))
                        .orElse(""));
        view.put("last", record.last().map(this::last).orElse("–"));
        view.put(
                "lastTime",
                record.last().map(last -> HumanUnits.time(last.ended())).orElse(""));
        view.put("lastSuccess", HumanUnits.time(record.lastSuccess()));
        view.put("lag", lag());
        view.put("lagTime", record.lagBytes().isPresent() ? HumanUnits.time(record.lagTime()) : "");
        view.put("retained", record.retainedBytes().map(HumanUnits::bytes).orElse("–"));
        view.put("previous", HumanUnits.time(record.previousUntil()));
        view.put("syncs", record.syncs().stream().map(PipeView::sync).toList());
        view.put("anySyncs", !record.syncs().isEmpty());
        view.put("approval", new ApprovalView(record.approval(), reader).view());
        view.putAll(Buttons.of(record));
        view.put("errors", record.errors().stream().map(this::error).toList());
        view.put("anyErrors", !record.errors().isEmpty());
        view.put("load", LoadView.of(load, record.status(), resync.isPresent(), failed));
        return view;
    }

    /** What was loaded last stays to be seen until the new resync clears it. */
    private static boolean starting(Optional<Activity> resync) {
        return resync.map(Activity::phase).filter(Activity.STARTING::equals).isPresent();
    }

    private LoadStatistics loaded() {
        return record.load().orElseGet(() -> LoadStatistics.of(JsonObject.EMPTY));
    }

    /** For a line of the list. */
    Map<String, Object> row() {
        LoadStatistics load = loaded();
        Optional<BuildReference> build = record.activity()
                .or(record::last)
                .flatMap(Activity::build)
                .or(record::loadBuild)
                .filter(reference -> reader.sees(reference.job()));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("name", record.name());
        view.put("folder", record.id().folder());
        view.put("pageUrl", root() + "/" + record.id().url());
        view.put("status", record.status());
        view.put("statusClass", "jenkins-badge " + tone());
        view.put("busy", record.activity().isPresent());
        view.put("detail", detail());
        view.put("buildName", build.map(BuildReference::toString).orElse("–"));
        view.put(
                "buildUrl",
                build.map(reference -> root() + "/" + reference.url()).orElse(null));
        view.put(
                "rowsLoaded",
                record.load().isPresent() ? HumanUnits.count(load.total().count("rows")) : "–");
        view.put("loadTime", load.started().isPresent() ? HumanUnits.seconds(load.seconds()) : "–");
        view.put("nextStep", nextStep());
        return view;
    }

    /** What the status does not tell: the phase, when it has another name, and how far the load is. */
    private String detail() {
        return record.activity()
                .map(activity -> {
                    String phase = activity.phase().equals(record.status()) ? "" : activity.phase();
                    double fraction = loaded().progress().decimal("fraction");
                    boolean loading = activity.phase().equals("Snapshot") && fraction > 0;
                    return phase + (loading ? (int) (fraction * 100) + " %" : "");
                })
                .orElse("");
    }

    private String tone() {
        return switch (record.status()) {
            case "Running", "Completed" -> "jenkins-!-success-color";
            case "Failed" -> "jenkins-!-error-color";
            case "Pausing", "Paused" -> "jenkins-!-warning-color";
            case "Setup", "Snapshot", "Resync" -> "jenkins-!-accent-color";
            default -> "jenkins-!-skipped-color";
        };
    }

    private String nextStep() {
        if (!record.approval().isEmpty()) {
            return "Decide whether the new tables are swapped in";
        }
        return switch (record.status()) {
            case "Setup", "Snapshot" -> "Wait for the initial load; readers see the original tables until the swap";
            case "Resync" -> "Wait for the swap";
            case "Running" -> "Sync to apply changes";
            case "Pausing" -> "Wait for the sync under way";
            case "Paused" -> record.isRolledBack() ? "Resync, or roll back once more" : "Resume the pipe";
            case "Completed" -> "Resync to load again";
            case "Failed" -> "Remove the cause, then resync";
            case "Not created" -> "Resync to create it";
            default -> "Run a build that resyncs it";
        };
    }

    private String activity(Activity activity) {
        return activity.command() + by(activity);
    }

    private String by(Activity activity) {
        String person = activity.actor().person();
        return activity.build()
                .filter(build -> reader.sees(build.job()))
                .map(build -> " in build " + build)
                .orElse(person.isEmpty() ? "" : " by " + person);
    }

    private String last(Activity activity) {
        return activity.command()
                + (activity.build().isEmpty() ? by(activity) : "")
                + (activity.succeeded() ? " succeeded" : " failed");
    }

    private String lag() {
        return record.lagBytes()
                .map(HumanUnits::bytes)
                .map(bytes -> bytes
                        + record.lagSeconds()
                                .map(seconds -> ", " + HumanUnits.seconds(seconds))
                                .orElse(""))
                .orElse("–");
    }

    private static Map<String, Object> sync(JsonObject sync) {
        long rows = sync.count("inserts") + sync.count("updates") + sync.count("deletes");
        double seconds = sync.decimal("seconds");
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("time", HumanUnits.time(sync.instant("time")));
        view.put(
                "changes",
                HumanUnits.count(sync.count("inserts"), "insert") + ", "
                        + HumanUnits.count(sync.count("updates"), "update") + ", "
                        + HumanUnits.count(sync.count("deletes"), "delete"));
        view.put("rowsPerSecond", HumanUnits.rowsPerSecond(seconds == 0 ? 0 : rows / seconds));
        view.put("seconds", HumanUnits.seconds(seconds));
        view.put("lag", sync.has("lagBytes") ? HumanUnits.bytes(sync.count("lagBytes")) : "–");
        return view;
    }

    private Map<String, Object> error(JsonObject error) {
        JsonObject build = error.object("build");
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("time", HumanUnits.time(error.instant("time")));
        view.put("message", error.text("message"));
        boolean named = reader.sees(build.text("job"));
        String person = error.text("person");
        view.put("command", error.text("command") + (person.isEmpty() ? "" : " by " + person));
        view.put("buildName", named ? build.text("job") + " #" + build.count("number") : "");
        view.put("buildUrl", named ? root() + "/" + build.text("url") : null);
        return view;
    }

    private static String root() {
        return Jenkins.get().getServletContext().getContextPath();
    }
}
