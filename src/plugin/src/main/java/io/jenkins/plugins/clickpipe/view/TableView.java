package io.jenkins.plugins.clickpipe.view;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** One table's line of the initial load statistics. */
final class TableView {
    private static final int WHOLE = 100;

    private TableView() {}

    /** @param table as in {@code tables[]} of load-stats.json */
    static Map<String, Object> of(JsonObject table) {
        int percent = percent(table);
        long rows = table.count("rows");
        long estimated = table.count("estimatedRows");
        boolean ended = table.has("ended");
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("source", table.text("source"));
        view.put("target", table.text("target"));
        view.put("percent", percent);
        view.put("width", percent + "%");
        view.put("percentText", table.has("started") ? percent + " %" : "waiting");
        view.put("barLabel", "Initial load of " + table.text("source"));
        view.put(
                "rows",
                ended || estimated == 0
                        ? HumanUnits.count(rows)
                        : HumanUnits.count(rows) + " of about " + HumanUnits.count(estimated));
        view.put(
                "partitions",
                HumanUnits.count(table.count("partitionsDone")) + " of "
                        + HumanUnits.count(table.count("partitionsTotal")));
        view.put("rowsPerSecond", HumanUnits.rowsPerSecond(table.decimal("rowsPerSecond")));
        view.put("bytes", HumanUnits.bytes(table.count("bytes")));
        view.put("duration", table.has("started") ? HumanUnits.seconds(table.decimal("seconds")) : "–");
        view.put("retries", HumanUnits.count(table.count("retries")));
        view.put("altered", HumanUnits.count(table.count("alteredValues")));
        view.put("alteredBy", alteredBy(table.object("alteredValuesByColumn")));
        view.put("softDeleted", HumanUnits.count(table.count("softDeletedRows")));
        view.put("verification", verification(table.text("verification")));
        view.put("verificationClass", verificationClass(table.text("verification")));
        view.put("verificationDetail", table.text("verificationDetail"));
        return view;
    }

    private static int percent(JsonObject table) {
        if (table.has("ended")) {
            return WHOLE;
        }
        long estimated = table.count("estimatedRows");
        long total = table.count("partitionsTotal");
        double part = estimated > 0
                ? (double) table.count("rows") / estimated
                : total > 0 ? (double) table.count("partitionsDone") / total : 0;
        return (int) Math.max(0, Math.min(WHOLE - 1, part * WHOLE));
    }

    private static String alteredBy(JsonObject columns) {
        return columns.fields().entrySet().stream()
                .map(column -> column.getKey() + ": " + column.getValue())
                .collect(Collectors.joining("; "));
    }

    /** In words; a dash before it ran. */
    static String verification(String result) {
        return switch (result) {
            case "PASSED" -> "Passed";
            case "FAILED" -> "Failed";
            default -> "–";
        };
    }

    private static String verificationClass(String result) {
        return switch (result) {
            case "PASSED" -> "jenkins-!-success-color";
            case "FAILED" -> "jenkins-!-error-color";
            default -> "";
        };
    }
}
