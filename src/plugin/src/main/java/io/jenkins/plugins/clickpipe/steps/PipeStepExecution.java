package io.jenkins.plugins.clickpipe.steps;

import static java.util.Objects.requireNonNull;

import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Computer;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.remoting.ChannelClosedException;
import hudson.remoting.RequestAbortedException;
import io.jenkins.plugins.clickpipe.process.EngineProcess;
import io.jenkins.plugins.clickpipe.process.EngineResult;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.SystemProperties;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * Runs the engine for a Pipeline step. {@link #start} and {@link #onResume} share one idempotent {@link #look}: it
 * starts the process if there is none yet, else polls it. What is kept over a restart is the process' handle.
 *
 * <p>The attempt is saved before the process is started, and the process is released only when its handle is saved. So a
 * controller that dies in between leaves a process that has done nothing, which the resumed step recognises as its own.
 */
final class PipeStepExecution extends StepExecution {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(PipeStepExecution.class.getName());
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);
    /** The engine allows itself 45 seconds to clean up. */
    private static final Duration PATIENCE_WITH_STOPPING = Duration.ofSeconds(55);

    private static final String PATIENCE_WITH_AGENT = PipeStepExecution.class.getName() + ".secondsForAgent";

    private static final Duration PATIENCE_WITH_SAVING = Duration.ofMinutes(1);

    private final PipeWork work;
    private volatile String attempt;
    private volatile EngineProcess process;
    private volatile Throwable stopCause;
    private transient volatile boolean ended;
    private transient boolean released;
    private transient volatile Instant agentGone;
    private transient Instant stopAsked;
    private transient Duration pause;

    PipeStepExecution(StepContext context, PipeWork work) {
        super(context);
        this.work = requireNonNull(work);
    }

    @Override
    public boolean start() {
        schedule(Duration.ZERO);
        return false;
    }

    @Override
    public void onResume() {
        schedule(Duration.ZERO);
    }

    /** Returns at once; the step ends when the engine has cleaned up, or at once when asked a second time. */
    @Override
    public void stop(Throwable cause) {
        if (stopCause == null) {
            stopCause = cause;
            Computer.threadPoolForRemoting.submit(this::look);
        } else {
            ended = true;
            Computer.threadPoolForRemoting.submit(() -> {
                abandon("The build was stopped a second time and did not wait for the engine.");
                getContext().onFailure(cause);
            });
        }
    }

    @Override
    public String getStatus() {
        if (process == null) {
            return "starting the engine";
        }
        String where = process.node().isEmpty() ? "the built-in node" : process.node();
        return (agentGone == null ? process.state().summary() : "waiting for " + where).strip();
    }

    private void schedule(Duration delay) {
        Runnable lookAndGoOn = () -> {
            look();
            if (!ended) {
                schedule(longerPause());
            }
        };
        Timer.get()
                .schedule(
                        () -> Computer.threadPoolForRemoting.submit(lookAndGoOn),
                        delay.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private synchronized void look() {
        if (ended) {
            return;
        }
        try {
            if (process == null && stopCause == null) {
                begin();
            }
            if (process == null) {
                end();
                getContext().onFailure(stopCause);
            } else {
                goOn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(e);
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private void begin() throws IOException, InterruptedException {
        if (attempt == null) {
            attempt = UUID.randomUUID().toString();
            save();
        }
        process = work.start(getContext().get(Run.class), getContext().get(FilePath.class), attempt, listener());
        save();
    }

    private void save() throws IOException, InterruptedException {
        try {
            getContext().saveState().get(PATIENCE_WITH_SAVING.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("The state of the build cannot be saved", e);
        }
    }

    private void goOn() throws IOException, InterruptedException {
        Optional<FilePath> workspace = process.workspace();
        if (workspace.isEmpty()) {
            agentIsGone();
            return;
        }
        try {
            if (!released && stopCause == null) {
                process.release(workspace.get());
                released = true;
            }
            if (stopCause != null && stopAsked == null) {
                stopAsked = Instant.now();
                listener().getLogger().println("Asking the engine to stop and clean up");
                process.terminate(workspace.get(), listener());
            }
            Optional<Integer> exitCode = process.poll(workspace.get(), listener());
            if (agentGone != null) {
                agentGone = null;
                listener()
                        .getLogger()
                        .println("The agent is back; " + process.command().name() + " goes on");
            }
            if (exitCode.isPresent() && process.isNeverBegun(exitCode.get()) && stopCause == null) {
                beginAnew(workspace.get());
            } else if (exitCode.isPresent()) {
                finish(workspace.get(), exitCode.get());
            } else if (stopAsked != null && Instant.now().isAfter(stopAsked.plus(PATIENCE_WITH_STOPPING))) {
                listener().getLogger().println("The engine did not stop in time and was killed");
                process.kill(workspace.get());
                fail(new AbortException("The engine did not stop in time and was killed."));
            } else {
                getContext().saveState();
            }
        } catch (ChannelClosedException | RequestAbortedException | EOFException e) {
            LOG.log(Level.FINE, "the agent's connection broke", e);
            agentIsGone();
        }
    }

    /** The controller was away for so long that the process has not waited for it. */
    private void beginAnew(FilePath workspace) throws IOException, InterruptedException {
        process.cleanUp(getContext().get(Run.class), workspace);
        process = null;
        released = false;
        begin();
    }

    private void agentIsGone() throws IOException, InterruptedException {
        Instant now = Instant.now();
        if (agentGone == null) {
            agentGone = now;
            listener()
                    .getLogger()
                    .println("The agent " + process.node() + " is away; waiting up to "
                            + patienceWithAgent().toSeconds() + " seconds for it");
        } else if (stopCause != null || now.isAfter(agentGone.plus(patienceWithAgent()))) {
            throw new AbortException("The agent " + process.node() + " has been away for too long. If the engine still"
                    + " runs there, the next build on the pipe stops it; clickPipeStatus tells how the pipe stands.");
        }
    }

    /** How long an agent may be away while its engine runs. */
    private static Duration patienceWithAgent() {
        return Duration.ofSeconds(SystemProperties.getInteger(PATIENCE_WITH_AGENT, 600));
    }

    private void finish(FilePath workspace, int exitCode) throws IOException, InterruptedException {
        Run<?, ?> run = getContext().get(Run.class);
        try {
            Object value = new EngineResult(process, exitCode).take(run, workspace, listener());
            end();
            if (stopCause == null) {
                getContext().onSuccess(value);
            } else {
                getContext().onFailure(stopCause);
            }
        } catch (IOException | InterruptedException e) {
            if (stopCause == null) {
                throw e;
            }
            end();
            getContext().onFailure(stopCause);
        }
    }

    private void fail(Exception e) {
        end();
        abandon(e.getMessage() == null ? e.toString() : e.getMessage());
        getContext().onFailure(stopCause == null ? e : stopCause);
    }

    /** So that the same build can try again. An engine whose result was taken is not there any more. */
    private void abandon(String why) {
        try {
            if (process != null) {
                process.abandon(getContext().get(Run.class), why);
            }
        } catch (IOException | InterruptedException e) {
            LOG.log(
                    Level.WARNING,
                    e,
                    () -> "The next build on " + process.command().pipe() + " may be told that this one works on it");
        }
    }

    private void end() {
        ended = true;
    }

    private synchronized Duration longerPause() {
        Duration longer = pause == null ? SHORTEST_PAUSE : pause.multipliedBy(3).dividedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
        return pause;
    }

    private TaskListener listener() throws IOException, InterruptedException {
        return getContext().get(TaskListener.class);
    }
}
