package io.jenkins.plugins.clickpipe.view;

import hudson.Util;
import io.jenkins.plugins.clickpipe.status.Activity;
import io.jenkins.plugins.clickpipe.status.BuildReference;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import io.jenkins.plugins.clickpipe.status.LoadStatistics;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jenkins.model.Jenkins;

/** A pipe's record as texts for a page. */
final class PipeView {
    private final PipeRecord record;
    private final Set<String> jobs;

    /** @param jobs full names of those whose builds the reader may know of */
    PipeView(PipeRecord record, Set<String> jobs) {
        this.record = record;
        this.jobs = jobs;
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
        view.put("last", record.last().map(this::last).orElse("–"));
        view.put("lastSuccess", HumanUnits.time(record.lastSuccess()));
        view.put("lag", record.lagBytes().map(HumanUnits::bytes).orElse("–"));
        view.put("lagTime", record.lagBytes().isPresent() ? HumanUnits.time(record.lagTime()) : "");
        view.put("sync", sync());
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
                .map(Activity::build)
                .or(record::loadBuild)
                .filter(reference -> jobs.contains(reference.job()));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("name", record.name());
        view.put("pageUrl", root() + "/clickpipes/pipe/" + Util.rawEncode(record.name()) + "/");
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
        return switch (record.status()) {
            case "Setup", "Snapshot" -> "Wait for the initial load; readers see the original tables until the swap";
            case "Resync" -> "Wait for the swap";
            case "Running" -> "Sync to apply changes";
            case "Paused" -> "Resume the pipe";
            case "Completed" -> "Resync to load again";
            case "Failed" -> "Remove the cause, then resync";
            case "Not created" -> "Resync to create it";
            default -> "Run a build that resyncs it";
        };
    }

    private String activity(Activity activity) {
        return activity.command() + (jobs.contains(activity.build().job()) ? " in build " + activity.build() : "")
                + " since " + HumanUnits.time(Optional.of(activity.started()));
    }

    private String last(Activity activity) {
        return activity.command()
                + (activity.succeeded() ? " succeeded " : " failed ")
                + HumanUnits.time(activity.ended());
    }

    private String sync() {
        JsonObject sync = record.sync();
        if (sync.isEmpty()) {
            return "–";
        }
        return HumanUnits.count(sync.count("inserts"), "insert")
                + ", " + HumanUnits.count(sync.count("updates"), "update")
                + ", " + HumanUnits.count(sync.count("deletes"), "delete")
                + " at " + HumanUnits.time(sync.instant("time"));
    }

    private Map<String, Object> error(JsonObject error) {
        JsonObject build = error.object("build");
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("time", HumanUnits.time(error.instant("time")));
        view.put("message", error.text("message"));
        boolean named = jobs.contains(build.text("job"));
        view.put("buildName", named ? build.text("job") + " #" + build.count("number") : "");
        view.put("buildUrl", named ? root() + "/" + build.text("url") : null);
        return view;
    }

    private static String root() {
        return Jenkins.get().getServletContext().getContextPath();
    }
}
