package io.jenkins.plugins.clickpipe.view;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import io.jenkins.plugins.clickpipe.status.LoadStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A resync's statistics as texts for a page: the same map is rendered by Jelly and sent to a page that is open. */
final class LoadView {
    private static final int WHOLE = 100;

    private LoadView() {}

    /**
     * @param load without statistics while the engine has told nothing
     * @param underWay whether the engine is at work
     * @param failed whether the resync did not succeed
     */
    static Map<String, Object> of(LoadStatistics load, String status, boolean underWay, boolean failed) {
        JsonObject total = load.total();
        int percent = percent(load);
        List<JsonObject> tables = load.tables();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("known", load.started().isPresent());
        view.put("phases", new Stepper(load.phases(), status, underWay, failed).view());
        view.put("percent", percent);
        view.put("width", percent + "%");
        view.put("percentText", percent + " %");
        view.put("barClass", "clickpipe-bar" + (failed ? " clickpipe-bar--failed" : ""));
        view.put("rows", HumanUnits.count(total.count("rows")));
        view.put("rowsOf", rowsOf(total, percent));
        view.put("bytes", HumanUnits.bytes(total.count("bytes")));
        view.put("rowsPerSecond", HumanUnits.rowsPerSecond(total.decimal("rowsPerSecond")));
        view.put("bytesPerSecond", HumanUnits.bytesPerSecond(total.decimal("bytesPerSecond")));
        view.put(
                "partitions",
                HumanUnits.count(total.count("partitionsDone")) + " of "
                        + HumanUnits.count(total.count("partitionsTotal")));
        view.put(
                "tablesDone",
                HumanUnits.count(tables.stream()
                                .filter(table -> table.has("ended"))
                                .count()) + " of " + HumanUnits.count(tables.size()));
        view.put("retries", HumanUnits.count(total.count("retries")));
        view.put("altered", HumanUnits.count(total.count("alteredValues")));
        view.put("softDeleted", HumanUnits.count(total.count("softDeletedRows")));
        view.put("verification", TableView.verification(total.text("verification")));
        view.put("started", HumanUnits.time(load.started()));
        view.put("ended", HumanUnits.time(load.ended()));
        view.put("duration", load.started().isPresent() ? HumanUnits.seconds(load.seconds()) : "–");
        view.put("timeLeft", underWay ? timeLeft(load.progress()) : "–");
        view.put("tables", tables.stream().map(TableView::of).toList());
        view.put("anyTables", !tables.isEmpty());
        view.put("curve", new Curve(load.samples()).view());
        return view;
    }

    private static int percent(LoadStatistics load) {
        JsonObject total = load.total();
        if (load.progress().has("fraction")) {
            return (int) (load.progress().decimal("fraction") * WHOLE);
        }
        long partitions = total.count("partitionsTotal");
        return partitions == 0 ? 0 : (int) (total.count("partitionsDone") * WHOLE / partitions);
    }

    private static String rowsOf(JsonObject total, int percent) {
        long estimated = total.count("estimatedRows");
        return percent == WHOLE || estimated == 0 ? "" : "of about " + HumanUnits.count(estimated);
    }

    private static String timeLeft(JsonObject progress) {
        return progress.has("secondsLeft") && progress.decimal("fraction") < 1
                ? "about " + HumanUnits.seconds(progress.decimal("secondsLeft"))
                : "–";
    }
}
