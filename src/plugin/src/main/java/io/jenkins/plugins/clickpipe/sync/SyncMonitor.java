package io.jenkins.plugins.clickpipe.sync;

import hudson.Extension;
import hudson.model.AdministrativeMonitor;
import hudson.security.Permission;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;

/** Tells administrators which pipes are not kept in sync as they should be. */
@Extension
public final class SyncMonitor extends AdministrativeMonitor {
    private static final int MANY_FAILURES = 3;
    private static final long MUCH_WAL = 1L << 30;
    private static final int MANY_INTERVALS = 10;
    private static final Duration LONG = Duration.ofMinutes(15);

    private final Clock clock = Clock.systemUTC();

    /** A pipe and what is wrong with it, in a sentence. */
    public record Trouble(String pipe, String sentence) {
        public String getPipe() {
            return pipe;
        }

        public String getSentence() {
            return sentence;
        }
    }

    @Override
    public String getDisplayName() {
        return Messages.SyncMonitor_DisplayName();
    }

    @Override
    public Permission getRequiredPermission() {
        return Jenkins.ADMINISTER;
    }

    @Override
    public boolean isActivated() {
        return !getTroubles().isEmpty();
    }

    /** In the order of the configuration. */
    public List<Trouble> getTroubles() {
        Instant now = clock.instant();
        return ClickPipesConfiguration.get().getPipes().stream()
                .filter(Pipe::isKeepInSync)
                .flatMap(pipe -> sentence(KeepInSync.get().record(pipe.getName()), KeepInSync.interval(pipe), now)
                        .map(sentence -> new Trouble(pipe.getName(), sentence))
                        .stream())
                .toList();
    }

    /** Nothing when all is well; a pipe that is paused on purpose is well as long as its slot holds little back. */
    static Optional<String> sentence(SyncRecord record, Duration interval, Instant now) {
        if (record.getFailures() >= MANY_FAILURES) {
            return Optional.of(Messages.SyncMonitor_Failed(record.getFailures(), record.getMessage()));
        }
        Optional<Long> wal = record.getLagBytes().filter(bytes -> bytes >= MUCH_WAL);
        if (wal.isPresent()) {
            return Optional.of(Messages.SyncMonitor_Wal(Long.toString(wal.get() >> 20)));
        }
        Duration allowed = interval.multipliedBy(MANY_INTERVALS);
        Instant latest = now.minus(allowed.compareTo(LONG) > 0 ? allowed : LONG);
        if (record.isAway()) {
            return record.getFailingSince()
                    .filter(since -> since.isBefore(latest))
                    .map(since -> Messages.SyncMonitor_Away(
                            record.getMessage(),
                            Long.toString(Duration.between(since, now).toMinutes())));
        }
        return record.getSucceeded()
                .filter(succeeded -> succeeded.isBefore(latest) && !record.isWaiting())
                .map(succeeded -> Messages.SyncMonitor_Behind(
                        Long.toString(Duration.between(succeeded, now).toMinutes())));
    }
}
