package io.jenkins.plugins.clickpipe.testbed.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.PipeDefinition;
import io.jenkins.plugins.clickpipe.engine.definition.PipeFile;
import io.jenkins.plugins.clickpipe.engine.report.Events;
import io.jenkins.plugins.clickpipe.engine.report.Redaction;
import io.jenkins.plugins.clickpipe.engine.report.StatementLog;
import io.jenkins.plugins.clickpipe.engine.resync.Resync;
import io.jenkins.plugins.clickpipe.engine.resync.RunId;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** A resync in this process, which is quicker than one of its own when there are hundreds. */
final class EngineThread {
    private static final long LIMIT_SECONDS = 150;

    private EngineThread() {}

    /** Runs it; the message of a failure is one for people. */
    static Optional<String> resync(String pipeYaml) throws InterruptedException {
        AtomicReference<Throwable> fault = new AtomicReference<>();
        Thread thread = new Thread(() -> run(PipeFile.read(pipeYaml, Map.of(), List.of()), fault), "engine");
        thread.setDaemon(true);
        thread.start();
        thread.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
        if (thread.isAlive()) {
            throw new AssertionError("The resync hangs:\n"
                    + Arrays.stream(thread.getStackTrace())
                            .map(StackTraceElement::toString)
                            .collect(Collectors.joining("\n")));
        }
        if (fault.get() == null) {
            return Optional.empty();
        }
        assertThat(fault.get()).as("a fault with a sentence for the user").isInstanceOf(EngineException.class);
        assertThat(fault.get().getMessage()).doesNotContain("Exception", "java.", "org.postgresql", "com.clickhouse");
        return Optional.of(fault.get().getMessage());
    }

    private static void run(PipeDefinition definition, AtomicReference<Throwable> fault) {
        Clock clock = Clock.systemUTC();
        StatementLog statements = new StatementLog(clock, Redaction.NONE);
        try (Workspace workspace = new Workspace(definition, RunId.next(clock), clock, statements, Events.none())) {
            new Resync(workspace, new StopSignal(Thread.currentThread()), false).resync(Optional.empty());
        } catch (RuntimeException | Error e) {
            fault.set(e);
        }
    }
}
