package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.Fault;
import io.jenkins.plugins.clickpipe.engine.definition.InvalidPipeFileException;
import io.jenkins.plugins.clickpipe.engine.definition.PipeDefinition;
import io.jenkins.plugins.clickpipe.engine.definition.PipeFile;
import io.jenkins.plugins.clickpipe.engine.definition.TablePattern;
import io.jenkins.plugins.clickpipe.engine.report.Artifacts;
import io.jenkins.plugins.clickpipe.engine.report.Events;
import io.jenkins.plugins.clickpipe.engine.report.Redaction;
import io.jenkins.plugins.clickpipe.engine.report.StatementLog;
import io.jenkins.plugins.clickpipe.engine.resync.RunId;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal.StoppedException;
import io.jenkins.plugins.clickpipe.engine.resync.VerificationRefusedException;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every command on a pipe has: the pipe file, the common options, exit codes, and an end that says why. */
abstract class PipeCommand implements Callable<Integer> {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int BAD_INPUT = 2;
    static final int VERIFICATION_REFUSED = 3;

    @Parameters(paramLabel = "PIPE.yaml", description = "The pipe file; - reads standard input.")
    private String pipeFile;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Overrides a setting of the pipe file for this run.")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = "--tables",
            paramLabel = "PATTERN",
            description = "Only the source tables that match this Ant-style pattern.")
    private Optional<String> tables = Optional.empty();

    @Option(names = "--events", paramLabel = "FILE", description = "Writes JSON lines; - is standard output.")
    private Optional<String> events = Optional.empty();

    @Option(
            names = "--artifacts",
            paramLabel = "DIR",
            description = "Writes load-stats.json, .csv, .html, verification.xml and plan.sql.")
    private Optional<Path> artifacts = Optional.empty();

    private Shutdown shutdown;

    void shutdown(Shutdown means) {
        shutdown = Objects.requireNonNull(means);
    }

    /** Does the work and returns the sentence that ends it. */
    abstract Outcome run(Workspace workspace, StopSignal stop);

    /** Statistics to publish, also after a failure. */
    Optional<LoadStatistics> statistics() {
        return Optional.empty();
    }

    /**
     * How a command ended.
     *
     * @param status the pipe's status afterwards; empty where the command does not tell
     */
    record Outcome(int exitCode, String status, String message) {}

    Optional<TablePattern> onlyTables() {
        return tables.map(TablePattern::new);
    }

    @Override
    public final Integer call() {
        PipeDefinition definition;
        try {
            definition = PipeFile.read(text(), System.getenv(), overrides);
            onlyTables();
        } catch (InvalidPipeFileException e) {
            System.err.println(pipeFile + " is not a valid pipe file:");
            for (Fault fault : e.faults()) {
                System.err.println("  " + fault);
            }
            return BAD_INPUT;
        } catch (IOException e) {
            System.err.println("The pipe file cannot be read: " + reason(e));
            return BAD_INPUT;
        } catch (IllegalArgumentException e) {
            System.err.println("--tables " + e.getMessage());
            return BAD_INPUT;
        }
        Clock clock = Clock.systemUTC();
        String run = RunId.next(clock);
        Redaction redaction = Redaction.of(
                List.of(definition.source().password(), definition.target().password()));
        StatementLog statements = new StatementLog(clock, redaction);
        try (Events sink = openEvents(definition.name(), run, clock, redaction)) {
            Outcome outcome = guarded(definition, run, clock, statements, sink, redaction);
            if (!outcome.message().isEmpty()) {
                System.err.println(outcome.message());
            }
            sink.finished(outcome.exitCode(), outcome.status(), outcome.message());
            return outcome.exitCode();
        } catch (IOException e) {
            System.err.println("--events: " + reason(e));
            return BAD_INPUT;
        }
    }

    private Outcome guarded(
            PipeDefinition definition,
            String run,
            Clock clock,
            StatementLog statements,
            Events sink,
            Redaction redaction) {
        Outcome outcome;
        try (Workspace workspace = new Workspace(definition, run, clock, statements, sink)) {
            shutdown.stop().onStop(workspace.source()::endIfSilent);
            shutdown.stop().onStop(workspace.target()::endIfSilent);
            Outcome ended = run(workspace, shutdown.stop());
            // What must not stop half way was completed; the exit code still tells of the signal.
            outcome = ended.exitCode() == DONE && shutdown.stop().isRequested()
                    ? new Outcome(Shutdown.STOPPED, ended.status(), ended.message())
                    : ended;
        } catch (StoppedException e) {
            outcome = new Outcome(
                    Shutdown.STOPPED,
                    statistics().map(LoadStatistics::status).orElse(""),
                    e.isClean()
                            ? "Stopped. What was begun is cleaned up."
                            : "Stopped. Not all of what was begun could be cleaned up; the next command does that.");
        } catch (VerificationRefusedException e) {
            outcome = new Outcome(VERIFICATION_REFUSED, "Failed", redaction.apply(e.getMessage()));
        } catch (EngineException e) {
            outcome = shutdown.stop().isRequested()
                    ? new Outcome(
                            Shutdown.STOPPED, "", "Stopped before it came to its end; run the command again to go on.")
                    : new Outcome(FAILED, "Failed", redaction.apply(advice(e)));
        } catch (RuntimeException e) {
            outcome = shutdown.stop().isRequested()
                    ? new Outcome(Shutdown.STOPPED, "", "Stopped.")
                    : new Outcome(
                            FAILED,
                            "Failed",
                            redaction.apply("A fault of the engine itself: " + EngineException.where(e)));
        } catch (Error e) {
            outcome = new Outcome(
                    FAILED, "Failed", redaction.apply(EngineException.of(e).getMessage()));
        }
        return published(outcome, statements);
    }

    /** A server's own words, and what to do when nobody who knows more has said so. */
    private static String advice(EngineException fault) {
        String message = fault.getMessage();
        return fault.advises()
                ? message
                : message + (message.endsWith(".") ? "" : ".") + " Remove the cause and run the command again.";
    }

    private Outcome published(Outcome outcome, StatementLog statements) {
        if (artifacts.isEmpty()) {
            return outcome;
        }
        try {
            Artifacts directory = new Artifacts(artifacts.get());
            Optional<LoadStatistics> last = statistics();
            if (last.isPresent()) {
                directory.write(last.get());
            }
            directory.write(statements);
            return outcome;
        } catch (IOException | RuntimeException e) {
            String message = "The artifacts could not be written: "
                    + (e instanceof IOException fault ? reason(fault) : e.toString());
            return new Outcome(
                    outcome.exitCode() == DONE ? FAILED : outcome.exitCode(),
                    outcome.status(),
                    (outcome.message() + "\n" + message).strip());
        }
    }

    private String text() throws IOException {
        return pipeFile.equals("-")
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                : Files.readString(Path.of(pipeFile));
    }

    private Events openEvents(String pipe, String run, Clock clock, Redaction redaction) throws IOException {
        return events.isEmpty() ? Events.none() : new Events(Events.open(events.get()), pipe, run, clock, redaction);
    }

    private static String reason(IOException fault) {
        return fault instanceof NoSuchFileException
                ? "there is no " + fault.getMessage()
                : fault.getClass().getSimpleName() + ": " + fault.getMessage();
    }
}
