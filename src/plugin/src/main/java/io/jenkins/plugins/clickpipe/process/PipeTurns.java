package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import hudson.AbortException;
import hudson.model.TaskListener;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Lets builds go before work in the background. Such work on a pipe does not begin while a build works on it, and is
 * stopped when a build begins. What other controllers or command lines do is kept apart by the engine's own lock.
 */
public final class PipeTurns {
    /** The engine allows itself 45 seconds to clean up. */
    private static final Duration PATIENCE = Duration.ofSeconds(55);

    private static final Logger LOG = Logger.getLogger(PipeTurns.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Map<String, Runnable> BACKGROUND = new ConcurrentHashMap<>();

    private PipeTurns() {}

    /**
     * Begins work in the background.
     *
     * @param place the pipe's, as in {@link PipeInput}
     * @param stop asks the work to stop; returns at once
     * @return false when the pipe is being worked on and this work must not begin
     */
    public static boolean begin(String place, Runnable stop) {
        if (BACKGROUND.putIfAbsent(place, requireNonNull(stop)) != null) {
            return false;
        }
        // A build enters itself first and looks here then, so one of the two always sees the other.
        if (RunningEngines.get().isBuilding(place)) {
            BACKGROUND.remove(place);
            return false;
        }
        return true;
    }

    /**
     * Begins what a person has asked for; other work in the background is stopped first.
     *
     * @throws AbortException when a build works on the pipe, or the other work has not ended after 55 seconds
     */
    public static void beginAsked(String place) throws AbortException, InterruptedException {
        takeFromBackground(place, TaskListener.NULL);
        Runnable asked = () -> LOG.log(Level.FINE, "{0} is worked on for a person and soon done", place);
        if (!begin(place, asked)) {
            throw new AbortException("It is being worked on by "
                    + RunningEngines.get().builder(place).orElse("somebody else") + ". Try again when that is done.");
        }
    }

    /** The work that {@link #begin} or {@link #beginAsked} has let begin has ended. */
    public static void end(String place) {
        BACKGROUND.remove(place);
    }

    /**
     * Stops work in the background and waits for its end.
     *
     * @throws AbortException when it has not ended after 55 seconds
     */
    static void takeFromBackground(String place, TaskListener listener) throws AbortException, InterruptedException {
        Runnable stop = BACKGROUND.get(place);
        if (stop == null) {
            return;
        }
        listener.getLogger().println("What works on the pipe in the background is stopped first");
        stop.run();
        Instant until = Instant.now().plus(PATIENCE);
        while (BACKGROUND.get(place) == stop) {
            if (Instant.now().isAfter(until)) {
                throw new AbortException("What works on the pipe in the background did not end within "
                        + PATIENCE.toSeconds() + " seconds. Build again in a moment.");
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }
}
