package io.jenkins.plugins.clickpipe.pages;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** What one sync has applied. */
@ExportedBean(defaultVisibility = 3)
public final class SyncBean {
    private final JsonObject event;

    /** @param event its last {@code sync} event */
    SyncBean(JsonObject event) {
        this.event = requireNonNull(event);
    }

    /** When that was told, ISO 8601. */
    @Exported
    public String getTime() {
        return event.text("time");
    }

    /** Inserts, updates and deletes. */
    @Exported
    public long getRows() {
        return event.count("inserts") + event.count("updates") + event.count("deletes");
    }

    @Exported
    public double getSeconds() {
        return event.decimal("seconds");
    }

    /** 0 when no time has passed. */
    @Exported
    public double getRowsPerSecond() {
        return getSeconds() == 0 ? 0 : getRows() / getSeconds();
    }

    /** WAL bytes that the destination was behind at its end; null when that was not told. */
    @Exported
    public Long getLagBytes() {
        return event.has("lagBytes") ? Long.valueOf(event.count("lagBytes")) : null;
    }

    /** Seconds that the destination was behind at its end; null when that was not told. */
    @Exported
    public Double getLagSeconds() {
        return event.has("lagSeconds") ? Double.valueOf(event.decimal("lagSeconds")) : null;
    }
}
