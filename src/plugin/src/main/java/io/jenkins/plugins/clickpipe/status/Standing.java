package io.jenkins.plugins.clickpipe.status;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** How a pipe stands according to its servers, which know better than what builds have told. */
final class Standing {
    private Standing() {}

    /** @param report of {@code status --json} */
    static PipeRecord applied(PipeRecord record, JsonObject report, Instant now) {
        PipeRecord next = record.activity().isPresent()
                ? record
                : record.inStatus(report.text("status"), report.text("reason"), now)
                        .with("statusSince", report.instant("since").orElse(now).toString());
        next = next.withLag(report, now)
                .with("retainedBytes", report.object("slot").fields().get("retainedBytes"))
                .with("previousUntil", keptUntil(report))
                .with(
                        "rolledBack",
                        report.has("rolledBackTables")
                                && !report.texts("rolledBackTables").isEmpty());
        JsonObject statistics = report.object("statistics");
        boolean other = !next.load().map(LoadStatistics::run).equals(Optional.of(statistics.text("run")));
        if (record.activity().isPresent() || statistics.isEmpty() || !other) {
            return next;
        }
        return next.with("load", statistics.fields()).with("loadBuild", null);
    }

    /** When the last kept previous tables go; null when there are none. */
    private static String keptUntil(JsonObject report) {
        return report.objects("previousTables").stream()
                .map(kept -> kept.text("keptUntil"))
                .max(Comparator.naturalOrder())
                .orElse(null);
    }
}
