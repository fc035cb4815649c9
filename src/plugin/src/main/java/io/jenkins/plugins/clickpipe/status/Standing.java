package io.jenkins.plugins.clickpipe.status;

import java.time.Instant;
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
        if (report.has("lagBytes")) {
            next = next.with("lagBytes", report.count("lagBytes")).with("lagTime", now.toString());
        }
        JsonObject statistics = report.object("statistics");
        boolean other = !next.load().map(LoadStatistics::run).equals(Optional.of(statistics.text("run")));
        if (record.activity().isPresent() || statistics.isEmpty() || !other) {
            return next;
        }
        return next.with("load", statistics.fields()).with("loadBuild", null);
    }
}
