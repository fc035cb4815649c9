package io.jenkins.plugins.clickpipe.process;

import hudson.console.LineTransformationOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Keeps the last lines that are written to it, which is where the engine says why it ended. */
final class LastLines extends LineTransformationOutputStream {
    private static final int MOST_LINES = 10;
    private static final int LONGEST_LINE = 1000;

    private final Deque<String> lines = new ArrayDeque<>();

    @Override
    protected synchronized void eol(byte[] bytes, int length) {
        String line = new String(bytes, 0, Math.min(length, LONGEST_LINE), StandardCharsets.UTF_8).strip();
        if (!line.isEmpty()) {
            lines.add(line);
        }
        if (lines.size() > MOST_LINES) {
            lines.remove();
        }
    }

    synchronized String text() {
        return String.join("\n", lines);
    }
}
