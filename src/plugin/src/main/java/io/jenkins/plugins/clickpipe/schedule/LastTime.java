package io.jenkins.plugins.clickpipe.schedule;

import static java.util.Objects.requireNonNull;

import hudson.model.Job;
import hudson.util.TextFile;
import java.io.File;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The last time of a schedule that was dealt with, in a file beside the job's configuration: so it goes with the job
 * when that is renamed or deleted, stays behind when it is copied, and survives a restart. The configuration is not
 * written at every run.
 */
final class LastTime {
    private static final String NAME = "quartz-cron.txt";

    private final TextFile file;
    private final String schedule;

    /** @param schedule one line that tells whether the file is about the same schedule */
    LastTime(Job<?, ?> job, String schedule) {
        this.file = new TextFile(new File(job.getRootDir(), NAME));
        this.schedule = requireNonNull(schedule);
    }

    /** Nothing when none was kept for this schedule, or what was kept cannot be read. */
    Optional<Instant> read() throws IOException {
        if (!file.exists()) {
            return Optional.empty();
        }
        List<String> lines = file.read().lines().toList();
        if (lines.size() < 2 || !lines.get(1).equals(schedule)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(lines.get(0)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    void write(Instant time) throws IOException {
        file.write(time + "\n" + schedule + "\n");
    }
}
