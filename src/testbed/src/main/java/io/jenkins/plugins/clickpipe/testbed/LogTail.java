package io.jenkins.plugins.clickpipe.testbed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;

/** Drains a child's output and remembers its last 16 KiB, so that a log can neither fill a disk nor block the child. */
final class LogTail {
    private static final int LIMIT = 16 * 1024;

    private static final long END_LIMIT_MILLIS = 2_000;

    private final StringBuilder tail = new StringBuilder();
    private final Thread reader;

    private LogTail(InputStream output, String name) {
        this.reader = new Thread(() -> drain(output), name + "-log");
        reader.setDaemon(true);
    }

    static LogTail follow(InputStream output, String name) {
        LogTail log = new LogTail(output, name);
        log.reader.start();
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

    /** The last words of a child that has ended; what it wrote may still be on its way. */
    String textAfterEnd() {
        try {
            reader.join(END_LIMIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return text();
    }

    synchronized String text() {
        return tail.toString().strip();
    }
}
