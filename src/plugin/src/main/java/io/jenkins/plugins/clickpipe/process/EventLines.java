package io.jenkins.plugins.clickpipe.process;

import groovy.json.JsonException;
import groovy.json.JsonSlurperClassic;
import hudson.console.LineTransformationOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Takes in the engine's events as they are written. */
final class EventLines extends LineTransformationOutputStream {
    private static final Logger LOG = Logger.getLogger(EventLines.class.getName());

    private String message = "";
    private Long lagBytes;

    @Override
    protected synchronized void eol(byte[] bytes, int length) {
        String line = new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
        try {
            if (!line.isEmpty() && new JsonSlurperClassic().parseText(line) instanceof Map<?, ?> event) {
                accept(event);
            }
        } catch (JsonException e) {
            LOG.log(Level.FINE, "no event: {0}", line);
        }
    }

    private void accept(Map<?, ?> event) {
        if ("finished".equals(event.get("type")) && event.get("message") instanceof String sentence) {
            message = sentence;
        }
        if ("sync".equals(event.get("type")) && event.get("lagBytes") instanceof Number lag) {
            lagBytes = lag.longValue();
        }
    }

    /** The sentence that ended the run; empty when it has told none. */
    synchronized String message() {
        return message;
    }

    /** WAL bytes that the destination was behind, when a sync told it last. */
    synchronized Optional<Long> lagBytes() {
        return Optional.ofNullable(lagBytes);
    }
}
