package io.jenkins.plugins.clickpipe.pages;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import io.jenkins.plugins.clickpipe.status.LoadStatistics;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/** Figures of pipes in Prometheus' text format 0.0.4. What is not known of a pipe has no sample. */
final class PrometheusText implements HttpResponse {
    private static final List<String> STATUSES = List.of(
            "Setup",
            "Snapshot",
            "Resync",
            "Running",
            "Pausing",
            "Paused",
            "Completed",
            "Failed",
            "Not created",
            PipeRecord.UNKNOWN);

    private final List<PipeRecord> records;
    private final StringBuilder text = new StringBuilder();

    PrometheusText(List<PipeRecord> records) {
        this.records = List.copyOf(requireNonNull(records));
        head("clickpipe_status", "1 for the pipe's present status, 0 for the others.");
        for (PipeRecord record : this.records) {
            for (String status : STATUSES) {
                String labels = pipe(record) + "," + label("status", status);
                sample("clickpipe_status", labels, record.status().equals(status) ? "1" : "0");
            }
        }
        load("clickpipe_load_rows", "Rows of the last initial load.", total -> total.count("rows"));
        load(
                "clickpipe_load_bytes",
                "Bytes of COPY data read by the last initial load.",
                total -> total.count("bytes"));
        load(
                "clickpipe_load_retries",
                "Partition attempts and inserts repeated in the last initial load.",
                total -> total.count("retries"));
        load(
                "clickpipe_load_altered_values",
                "Values that the destination types could not hold as they were.",
                total -> total.count("alteredValues"));
        load(
                "clickpipe_load_soft_deleted_rows",
                "Soft-deleted rows transferred from the original tables.",
                total -> total.count("softDeletedRows"));
        gauge(
                "clickpipe_resync_seconds",
                "How long the last resync took, or has been under way.",
                record -> record.load().map(LoadStatistics::seconds));
        gauge(
                "clickpipe_resync_last_success_timestamp_seconds",
                "When a resync last succeeded.",
                record -> record.lastSuccess().map(Instant::getEpochSecond));
        gauge(
                "clickpipe_lag_bytes",
                "WAL that the destination was behind when a build last looked.",
                PipeRecord::lagBytes);
        gauge("clickpipe_lag_seconds", "How long the destination was behind then.", PipeRecord::lagSeconds);
        gauge(
                "clickpipe_retained_wal_bytes",
                "WAL that PostgreSQL kept for the slot when it was last asked.",
                PipeRecord::retainedBytes);
        gauge(
                "clickpipe_sync_rows_per_second",
                "Changes a second that the last sync has applied.",
                record -> record.syncs().stream().findFirst().map(SyncBean::new).map(SyncBean::getRowsPerSecond));
        gauge(
                "clickpipe_last_error_timestamp_seconds",
                "When a command last failed.",
                record -> record.errors().stream()
                        .findFirst()
                        .flatMap(error -> error.instant("time"))
                        .map(Instant::getEpochSecond));
        gauge(
                "clickpipe_approval_awaited",
                "1 while a swap waits for somebody's decision.",
                record -> Optional.of(record.approval().isEmpty() ? 0 : 1));
        gauge("clickpipe_lag_timestamp_seconds", "When the lag was measured.", record -> record.lagTime()
                .map(Instant::getEpochSecond));
        gauge(
                "clickpipe_active",
                "1 while somebody works on the pipe.",
                record -> Optional.of(record.activity().isPresent() ? 1 : 0));
    }

    private void load(String metric, String help, Function<JsonObject, Number> value) {
        gauge(metric, help, record -> record.load().map(LoadStatistics::total).map(value));
    }

    private void gauge(String metric, String help, Function<PipeRecord, Optional<? extends Number>> value) {
        head(metric, help);
        for (PipeRecord record : records) {
            value.apply(record).ifPresent(number -> sample(metric, pipe(record), number.toString()));
        }
    }

    private void head(String metric, String help) {
        text.append("# HELP ").append(metric).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(metric).append(" gauge\n");
    }

    private void sample(String metric, String labels, String value) {
        text.append(metric)
                .append('{')
                .append(labels)
                .append("} ")
                .append(value)
                .append('\n');
    }

    private static String pipe(PipeRecord record) {
        String folder = record.id().folder();
        return label("pipe", record.name()) + (folder.isEmpty() ? "" : "," + label("folder", folder));
    }

    private static String label(String name, String value) {
        String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return name + "=\"" + escaped + "\"";
    }

    @Override
    public void generateResponse(StaplerRequest2 request, StaplerResponse2 response, Object node) throws IOException {
        response.setContentType("text/plain; version=0.0.4; charset=utf-8");
        response.getWriter().write(toString());
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
