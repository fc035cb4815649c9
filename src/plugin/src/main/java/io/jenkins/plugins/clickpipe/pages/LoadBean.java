package io.jenkins.plugins.clickpipe.pages;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** Figures of an initial load, of one table or of all, with the names of load-stats.json. */
@ExportedBean(defaultVisibility = 3)
public final class LoadBean {
    private final JsonObject figures;

    /** @param figures an element of {@code tables[]}, or {@code total} */
    LoadBean(JsonObject figures) {
        this.figures = requireNonNull(figures);
    }

    /** Null for the total. */
    @Exported
    public String getSource() {
        return orNull("source");
    }

    /** Null for the total. */
    @Exported
    public String getTarget() {
        return orNull("target");
    }

    @Exported
    public long getEstimatedRows() {
        return figures.count("estimatedRows");
    }

    @Exported
    public long getRows() {
        return figures.count("rows");
    }

    @Exported
    public long getBytes() {
        return figures.count("bytes");
    }

    @Exported
    public double getRowsPerSecond() {
        return figures.decimal("rowsPerSecond");
    }

    @Exported
    public double getBytesPerSecond() {
        return figures.decimal("bytesPerSecond");
    }

    @Exported
    public long getPartitionsDone() {
        return figures.count("partitionsDone");
    }

    @Exported
    public long getPartitionsTotal() {
        return figures.count("partitionsTotal");
    }

    @Exported
    public long getRetries() {
        return figures.count("retries");
    }

    @Exported
    public long getAlteredValues() {
        return figures.count("alteredValues");
    }

    @Exported
    public long getSoftDeletedRows() {
        return figures.count("softDeletedRows");
    }

    /** ISO 8601; null before. */
    @Exported
    public String getStarted() {
        return orNull("started");
    }

    /** ISO 8601; null before. */
    @Exported
    public String getEnded() {
        return orNull("ended");
    }

    @Exported
    public double getSeconds() {
        return figures.decimal("seconds");
    }

    /** {@code NOT_RUN}, {@code PASSED} or {@code FAILED}; null before the total has one. */
    @Exported
    public String getVerification() {
        return orNull("verification");
    }

    private String orNull(String field) {
        return figures.has(field) ? figures.text(field) : null;
    }
}
