package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Closes what the demo has opened, in reverse order, whether the demo ends by itself, fails or is stopped by Ctrl-C.
 */
final class Ending implements AutoCloseable {
    private final Narrator narrator;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Thread hook = new Thread(this::stopped, "demo-stop");

    Ending(Narrator narrator) {
        this.narrator = requireNonNull(narrator);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    synchronized <T extends AutoCloseable> T watch(T resource) {
        opened.push(resource);
        return resource;
    }

    private void stopped() {
        narrator.blankLine();
        narrator.say("Stopping: the engine cleans up on both servers, then they end and their data go.");
        closeAll();
        narrator.say("Stopped; nothing is left behind.");
    }

    /** Returns at once unless the JVM is on its way out; then never, so that no fault follows the user's Ctrl-C. */
    void awaitIfStopped() throws InterruptedException {
        if (isStopping()) {
            Thread.currentThread().join();
        }
    }

    private boolean isStopping() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
        } catch (IllegalStateException e) {
            // the JVM's way of saying that it is shutting down
            return true;
        }
    }

    private synchronized void closeAll() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                narrator.say("Could not be closed: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        awaitIfStopped();
        closeAll();
    }
}
