package io.jenkins.plugins.clickpipe.sync;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a sync in the background ended.
 *
 * @param message the engine's sentence
 * @param status the pipe's at the end; empty when the engine has not told it
 * @param sync the last {@code sync} event; without fields when there was none
 */
record SyncOutcome(Kind kind, String message, String status, JsonObject sync) {
    private static final int DONE = 0;
    private static final int STOPPED_BY_SIGNAL = 130;
    /** The engine's sentences when somebody else works on the pipe, and when there is nothing to sync. */
    private static final Pattern HELD = Pattern.compile("is being worked on by");

    private static final Pattern NOT_RUNNING =
            Pattern.compile("is paused|is Completed: with replicationMode|does not exist yet");

    /** What comes of it. */
    enum Kind {
        /** The changes are applied. */
        APPLIED,
        /** A build or another process works on the pipe. */
        BUSY,
        /** The pipe is Paused, Completed or not created. */
        WAITING,
        /** No node for it is connected. */
        AWAY,
        /** For a build, or because Jenkins stops or the pipe is no longer kept in sync. */
        STOPPED,
        /** It must be looked at. */
        FAILED
    }

    SyncOutcome {
        requireNonNull(kind);
        requireNonNull(message);
        requireNonNull(status);
        requireNonNull(sync);
    }

    static SyncOutcome of(int exitCode, String message, String status, JsonObject sync) {
        Kind kind = Kind.FAILED;
        if (exitCode == DONE) {
            kind = Kind.APPLIED;
        } else if (exitCode == STOPPED_BY_SIGNAL) {
            kind = Kind.STOPPED;
        } else if (HELD.matcher(message).find()) {
            kind = Kind.BUSY;
        } else if (NOT_RUNNING.matcher(message).find()) {
            kind = Kind.WAITING;
        }
        return new SyncOutcome(kind, message, status, sync);
    }

    /** WAL bytes that the destination was behind, when that was told. */
    Optional<Long> lagBytes() {
        return sync.has("lagBytes") ? Optional.of(sync.count("lagBytes")) : Optional.empty();
    }

    static SyncOutcome of(Kind kind, String message) {
        return new SyncOutcome(kind, message, "", JsonObject.EMPTY);
    }
}
