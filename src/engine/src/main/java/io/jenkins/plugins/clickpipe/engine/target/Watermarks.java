package io.jenkins.plugins.clickpipe.engine.target;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What this process has written or read last, by name, so that it knows a later read that shows less to be stale. */
public final class Watermarks {
    private final Map<String, Long> highest = new ConcurrentHashMap<>();

    /** Later reads of this name show at least this. */
    public void raise(String name, long value) {
        highest.merge(name, value, Math::max);
    }

    public boolean isAbove(String name, long value) {
        return highest.getOrDefault(name, 0L) > value;
    }
}
