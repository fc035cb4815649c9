package io.jenkins.plugins.clickpipe.sync;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is wrong with a pipe, if anything is. A pipe that is paused on purpose is well as long as its slot holds little
 * back.
 *
 * @param late how long a pipe may be behind its source
 * @param muchWal bytes of WAL that PostgreSQL may keep for a pipe's slot
 */
record Diagnosis(Instant now, Duration late, long muchWal) {
    private static final int MANY_FAILURES = 3;
    private static final int MANY_INTERVALS = 10;
    private static final String SETTINGS = "settings";

    Diagnosis {
        requireNonNull(now);
        requireNonNull(late);
    }

    /** By what keeping the pipe in sync has come to. */
    Optional<Trouble> ofSyncs(PipeId pipe, SyncRecord record, Duration interval) {
        if (record.getFailures() >= MANY_FAILURES) {
            return Optional.of(resync(pipe, Messages.SyncMonitor_Failed(record.getFailures(), record.getMessage())));
        }
        Duration allowed = interval.multipliedBy(MANY_INTERVALS);
        Instant latest = now.minus(allowed.compareTo(late) > 0 ? allowed : late);
        if (record.isAway()) {
            return record.getFailingSince()
                    .filter(since -> since.isBefore(latest))
                    .map(since -> metrics(pipe, Messages.SyncMonitor_Away(record.getMessage(), minutes(since))));
        }
        return record.getSucceeded()
                .filter(succeeded -> succeeded.isBefore(latest) && !record.isWaiting())
                .map(succeeded -> metrics(pipe, Messages.SyncMonitor_Behind(minutes(succeeded))));
    }

    /** By what is known of the pipe. */
    Optional<Trouble> ofRecord(PipeRecord record) {
        PipeId pipe = record.id();
        if (record.activity().isPresent()) {
            return Optional.empty();
        }
        if (record.status().equals("Failed")) {
            return Optional.of(resync(pipe, Messages.SyncMonitor_StatusFailed(record.reason())));
        }
        Optional<Long> wal = record.retainedBytes().or(record::lagBytes).filter(bytes -> bytes >= muchWal);
        if (wal.isPresent()) {
            String sentence = Messages.SyncMonitor_Wal(Long.toString(wal.get() >> 20));
            boolean paused = record.status().equals("Paused") && !record.isRolledBack();
            return Optional.of(paused ? resume(pipe, sentence) : resync(pipe, sentence));
        }
        return record.lagSeconds()
                .filter(seconds ->
                        seconds >= late.toSeconds() && record.status().equals("Running"))
                .map(seconds -> metrics(pipe, Messages.SyncMonitor_Late(Long.toString(Math.round(seconds / 60)))));
    }

    private String minutes(Instant since) {
        return Long.toString(Duration.between(since, now).toMinutes());
    }

    private static Trouble resync(PipeId pipe, String sentence) {
        return new Trouble(pipe, sentence, Messages.SyncMonitor_Resync(), SETTINGS);
    }

    private static Trouble resume(PipeId pipe, String sentence) {
        return new Trouble(pipe, sentence, Messages.SyncMonitor_Resume(), SETTINGS);
    }

    private static Trouble metrics(PipeId pipe, String sentence) {
        return new Trouble(pipe, sentence, Messages.SyncMonitor_Metrics(), "");
    }
}
