package io.jenkins.plugins.clickpipe.testbed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;

/** Drains a child's output and remembers its last 16 KiB, so that a log can neither fill a disk nor block the child. */
final class LogTail {
    private static final int LIMIT = 16 * 1024;

    private final StringBuilder tail = new StringBuilder();

    private LogTail() {}

    static LogTail follow(InputStream output, String name) {
        LogTail log = new LogTail();
        Thread reader = new Thread(() -> log.drain(output), name + "-log");
        reader.setDaemon(true);
        reader.start();
        return log;
    }

    private void drain(InputStream output) {
        byte[] buffer = new byte[4096];
        try (output) {
            for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
                append(new String(buffer, 0, n, UTF_8));
            }
        } catch (IOException e) {
            append("[log ended: " + e.getMessage() + "]");
        }
    }

    private synchronized void append(String text) {
        tail.append(text);
        if (tail.length() > LIMIT) {
            tail.delete(0, tail.length() - LIMIT);
        }
    }

    synchronized String text() {
        return tail.toString().strip();
    }
}
