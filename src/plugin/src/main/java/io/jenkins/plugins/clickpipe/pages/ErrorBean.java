package io.jenkins.plugins.clickpipe.pages;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A command that failed; by which build is told on the page alone, to those who may read its job. */
@ExportedBean(defaultVisibility = 3)
public final class ErrorBean {
    private final JsonObject error;

    /** @param error an element of a record's errors */
    ErrorBean(JsonObject error) {
        this.error = requireNonNull(error);
    }

    /** ISO 8601. */
    @Exported
    public String getTime() {
        return error.text("time");
    }

    /** The engine's word. */
    @Exported
    public String getCommand() {
        return error.text("command");
    }

    @Exported
    public String getMessage() {
        return error.text("message");
    }
}
