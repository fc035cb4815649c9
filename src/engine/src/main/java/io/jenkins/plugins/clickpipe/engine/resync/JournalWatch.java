package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks into the journal, in a thread of its own, for what others ask of the process that works on the pipe. */
final class JournalWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Journal journal;
    private final Predicate<PipeState> request;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "journal-watch");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean asked;

    private JournalWatch(Journal journal, Predicate<PipeState> request) {
        this.journal = Objects.requireNonNull(journal);
        this.request = Objects.requireNonNull(request);
    }

    static JournalWatch start(Journal journal, Predicate<PipeState> request) {
        JournalWatch watch = new JournalWatch(journal, request);
        watch.timer.scheduleWithFixedDelay(
                watch::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    private void look() {
        try {
            if (journal.hear()) {
                asked = request.test(journal.state());
            }
        } catch (EngineException e) {
            // A request stays where it is; what the work itself needs of the server it finds out by itself.
            LOG.debug("the journal could not be read: {}", e.getMessage());
        }
    }

    /** Costs nothing: what the last look has seen. */
    boolean asked() {
        return asked;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
