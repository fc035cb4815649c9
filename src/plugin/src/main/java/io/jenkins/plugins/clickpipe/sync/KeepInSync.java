package io.jenkins.plugins.clickpipe.sync;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.Terminator;
import hudson.model.Computer;
import hudson.model.PeriodicWork;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Syncs the pipes that are to be kept in sync, each at its interval and one at a time a pipe, without a build. Looks
 * once a second what is due; stops what is no longer wanted.
 */
@Extension
public final class KeepInSync extends PeriodicWork {
    private static final Logger LOG = Logger.getLogger(KeepInSync.class.getName());
    /** Syncs under way on the whole controller; what is due beyond that waits for its turn. */
    private static final int MOST_AT_ONCE = 8;

    private static final Duration PATIENCE_AT_SHUTDOWN = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(5);
    private static final int DEFAULT_INTERVAL_SECONDS = 60;

    private final Clock clock = Clock.systemUTC();
    private final Map<String, SyncCycle> running = new LinkedHashMap<>();
    private final Map<String, Instant> looked = new ConcurrentHashMap<>();
    private final SyncRecords records = SyncRecords.load();
    private boolean terminating;

    public static KeepInSync get() {
        return ExtensionList.lookupSingleton(KeepInSync.class);
    }

    /** What keeping the pipe in sync has come to. */
    public SyncRecord record(String pipe) {
        return records.of(pipe);
    }

    /** Whether a sync of the pipe is under way now. */
    public synchronized boolean isRunning(String pipe) {
        return running.containsKey(pipe);
    }

    @Override
    public long getRecurrencePeriod() {
        return 1000;
    }

    @Override
    protected synchronized void doRun() {
        if (terminating) {
            return;
        }
        Map<String, Pipe> wanted = new LinkedHashMap<>();
        ClickPipesConfiguration.get().getPipes().stream()
                .filter(Pipe::isKeepInSync)
                .forEach(pipe -> wanted.put(pipe.getName(), pipe));
        running.forEach((name, cycle) -> {
            if (!wanted.containsKey(name)) {
                cycle.stop();
            }
        });
        records.retain(wanted.keySet());
        Instant now = clock.instant();
        wanted.forEach((name, pipe) -> {
            boolean due = !records.of(name).due(interval(pipe)).isAfter(now);
            if (due && !running.containsKey(name) && running.size() < MOST_AT_ONCE) {
                begin(name, new SyncCycle(pipe));
            }
        });
    }

    private void begin(String name, SyncCycle cycle) {
        running.put(name, cycle);
        Computer.threadPoolForRemoting.submit(() -> {
            SyncOutcome outcome = SyncOutcome.of(SyncOutcome.Kind.STOPPED, "");
            try {
                outcome = cycle.run();
                lookAfter(name, cycle, outcome);
            } finally {
                end(name, outcome);
            }
        });
    }

    private synchronized void end(String name, SyncOutcome outcome) {
        running.remove(name);
        SyncRecord before = records.of(name);
        records.put(name, before.after(outcome, clock.instant()));
        PipeId pipe = PipeId.configured(name);
        if (outcome.kind() == SyncOutcome.Kind.APPLIED) {
            String status = outcome.status().isEmpty() ? "Running" : outcome.status();
            PipeRecords.get().keptInSync(pipe, status, outcome.sync());
        } else if (outcome.kind() == SyncOutcome.Kind.FAILED
                && !outcome.message().equals(before.getMessage())) {
            PipeRecords.get().failed(pipe, "sync", "", outcome.message());
            LOG.log(Level.WARNING, "ClickPipe {0} could not be synced: {1}", new Object[] {name, outcome.message()});
        }
        notifyAll();
    }

    /** The slot of a pipe that waits holds back more and more, of which no sync tells. */
    private void lookAfter(String name, SyncCycle cycle, SyncOutcome outcome) {
        boolean waits = outcome.kind() == SyncOutcome.Kind.WAITING || outcome.kind() == SyncOutcome.Kind.FAILED;
        Instant now = clock.instant();
        Instant last = looked.getOrDefault(name, Instant.EPOCH);
        if (waits && last.plus(BETWEEN_LOOKS).isBefore(now)) {
            looked.put(name, now);
            cycle.standing().ifPresent(report -> PipeRecords.get().standing(PipeId.configured(name), report));
        }
    }

    static Duration interval(Pipe pipe) {
        Integer seconds = pipe.getSettings() == null ? null : pipe.getSettings().getSyncIntervalSeconds();
        return Duration.ofSeconds(seconds == null ? DEFAULT_INTERVAL_SECONDS : seconds);
    }

    /** Stops all syncs, which may be repeated, and waits a little for their end. */
    @Terminator
    @Restricted(NoExternalUse.class)
    public static void terminate() throws InterruptedException {
        get().stopAll();
    }

    private synchronized void stopAll() throws InterruptedException {
        terminating = true;
        running.values().forEach(SyncCycle::stop);
        Instant until = Instant.now().plus(PATIENCE_AT_SHUTDOWN);
        while (!running.isEmpty() && Instant.now().isBefore(until)) {
            wait(100);
        }
        records.save();
    }
}
