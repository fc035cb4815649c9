package io.jenkins.plugins.clickpipe.sync;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What keeping a pipe in sync has come to. Never changed; kept over a restart. */
public final class SyncRecord {
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final int MOST_DOUBLINGS = 12;

    static final SyncRecord NONE = new SyncRecord(0, 0, 0, "", "", null, 0);

    private final long ended;
    private final long succeeded;
    private final int failures;
    private final String kind;
    private final String message;
    private final Long lagBytes;
    private final long inTrouble;

    private SyncRecord(
            long ended, long succeeded, int failures, String kind, String message, Long lagBytes, long inTrouble) {
        this.ended = ended;
        this.succeeded = succeeded;
        this.failures = failures;
        this.kind = kind;
        this.message = message;
        this.lagBytes = lagBytes;
        this.inTrouble = inTrouble;
    }

    /** This record after one more sync. */
    SyncRecord after(SyncOutcome outcome, Instant now) {
        long time = now.toEpochMilli();
        Long lag = outcome.lagBytes().orElse(lagBytes);
        return switch (outcome.kind()) {
            case APPLIED -> new SyncRecord(time, time, 0, outcome.kind().name(), "", lag, 0);
            case BUSY, STOPPED ->
                new SyncRecord(time, succeeded, failures, outcome.kind().name(), message, lag, inTrouble);
            case WAITING -> new SyncRecord(time, succeeded, 0, outcome.kind().name(), outcome.message(), lag, 0);
            case AWAY ->
                new SyncRecord(
                        time, succeeded, 0, outcome.kind().name(), outcome.message(), lag, isAway() ? inTrouble : time);
            case FAILED ->
                new SyncRecord(
                        time,
                        succeeded,
                        failures + 1,
                        outcome.kind().name(),
                        outcome.message(),
                        lag,
                        failures == 0 ? time : inTrouble);
        };
    }

    /**
     * When the next sync is due: an interval after the last one, and twice as long after each further failure, at most
     * an hour unless the interval is longer.
     */
    Instant due(Duration interval) {
        Duration pause = interval.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
        Duration longest = interval.compareTo(LONGEST_PAUSE) > 0 ? interval : LONGEST_PAUSE;
        return Instant.ofEpochMilli(ended).plus(pause.compareTo(longest) > 0 ? longest : pause);
    }

    /** When the last sync ended; empty before the first. */
    public Optional<Instant> getEnded() {
        return ended == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(ended));
    }

    /** When a sync last applied all changes. */
    public Optional<Instant> getSucceeded() {
        return succeeded == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(succeeded));
    }

    /** Since when every sync fails, or finds no node; empty while none does. */
    public Optional<Instant> getFailingSince() {
        return inTrouble == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(inTrouble));
    }

    /** How many syncs have failed since the last one that did not. */
    public int getFailures() {
        return failures;
    }

    /** Why the last one failed, or what it waits for; empty when it did neither. */
    public String getMessage() {
        return message;
    }

    /** WAL bytes that the destination was behind, when that was told last. */
    public Optional<Long> getLagBytes() {
        return Optional.ofNullable(lagBytes);
    }

    /** Whether there was nothing that a sync could do. */
    boolean isWaiting() {
        return kind.equals(SyncOutcome.Kind.WAITING.name());
    }

    /** Whether no node for it was connected. */
    boolean isAway() {
        return kind.equals(SyncOutcome.Kind.AWAY.name());
    }

    boolean isApplied() {
        return kind.equals(SyncOutcome.Kind.APPLIED.name());
    }
}
