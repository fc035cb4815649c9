package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import groovy.json.JsonException;
import hudson.console.LineTransformationOutputStream;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Takes in the engine's events as they are written. */
final class EventLines extends LineTransformationOutputStream {
    private static final Logger LOG = Logger.getLogger(EventLines.class.getName());

    private final Consumer<JsonObject> reader;
    private String message = "";
    private String status = "";
    private JsonObject sync = JsonObject.EMPTY;

    /** @param reader is given each event, one at a time */
    EventLines(Consumer<JsonObject> reader) {
        this.reader = requireNonNull(reader);
    }

    @Override
    protected synchronized void eol(byte[] bytes, int length) {
        String line = new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
        try {
            if (!line.isEmpty()) {
                accept(JsonObject.parse(line));
            }
        } catch (JsonException e) {
            LOG.log(Level.FINE, "no event: {0}", line);
        }
    }

    private void accept(JsonObject event) {
        if (event.text("type").equals("finished")) {
            message = event.text("message");
            status = event.text("status");
        }
        if (event.text("type").equals("sync")) {
            sync = event;
        }
        reader.accept(event);
    }

    /** The sentence that ended the run; empty when it has told none. */
    synchronized String message() {
        return message;
    }

    /** The pipe's status at the end of the run; empty when it has told none. */
    synchronized String status() {
        return status;
    }

    /** The last {@code sync} event; without fields when there was none. */
    synchronized JsonObject sync() {
        return sync;
    }
}
