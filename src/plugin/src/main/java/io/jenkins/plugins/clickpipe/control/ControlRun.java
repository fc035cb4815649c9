package io.jenkins.plugins.clickpipe.control;

import static java.util.Objects.requireNonNull;

import hudson.AbortException;
import hudson.model.Computer;
import hudson.model.Node;
import io.jenkins.plugins.clickpipe.process.BackgroundEngine;
import io.jenkins.plugins.clickpipe.process.PipeInput;
import io.jenkins.plugins.clickpipe.process.PipeTurns;
import io.jenkins.plugins.clickpipe.status.Actor;
import io.jenkins.plugins.clickpipe.status.Course;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One command that a person has pressed the button for. The engine runs in the background; the pipe's record tells who
 * has asked for it, and what came of it according to the servers.
 */
final class ControlRun {
    private static final Logger LOG = Logger.getLogger(ControlRun.class.getName());
    private static final int DONE = 0;

    private final PipeId pipe;
    private final Command command;
    private final Course course;

    ControlRun(PipeId pipe, Command command, String person) {
        this.pipe = requireNonNull(pipe);
        this.command = requireNonNull(command);
        this.course = new Course(command.word(), Actor.person(person));
    }

    /** Returns at once; the passwords are those that the present user's jobs, or Jenkins itself, may use. */
    void start() {
        LOG.log(Level.INFO, "{0} asks for {1} of ClickPipe {2}", new Object[] {
            course.actor().person(), command.word(), pipe
        });
        PipeRecords.get().begun(pipe, course);
        try {
            ControlledPipe controlled = ControlledPipe.find(pipe);
            Computer.threadPoolForRemoting.submit(() -> run(controlled));
        } catch (AbortException e) {
            end(false, e.getMessage());
        }
    }

    private void run(ControlledPipe controlled) {
        try {
            run(controlled.input(), controlled.node());
        } catch (IOException e) {
            end(false, e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, e, () -> command.word() + " of ClickPipe " + pipe + " failed");
            end(false, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(false, "Jenkins stopped meanwhile.");
        }
    }

    private void run(PipeInput input, Node node) throws IOException, InterruptedException {
        if (!command.isExclusive()) {
            execute(input, node);
            return;
        }
        PipeTurns.beginAsked(input.place());
        try {
            execute(input, node);
        } finally {
            PipeTurns.end(input.place());
        }
    }

    private void execute(PipeInput input, Node node) throws IOException, InterruptedException {
        BackgroundEngine engine = BackgroundEngine.start(
                command.on(pipe.name(), course.actor().person()), input, node, event -> PipeRecords.get()
                        .told(pipe, course, List.of(event)));
        boolean well = engine.join() == DONE;
        Optional<JsonObject> report = standing(input, node);
        end(well, engine.message());
        report.ifPresent(told -> PipeRecords.get().standing(pipe, told));
    }

    /** How the pipe stands now according to its servers, which know better than what one command has told. */
    private Optional<JsonObject> standing(PipeInput input, Node node) throws InterruptedException {
        try {
            return Optional.of(BackgroundEngine.standing(pipe.name(), input, node));
        } catch (IOException e) {
            LOG.log(Level.FINE, e, () -> "How ClickPipe " + pipe + " stands cannot be told");
            return Optional.empty();
        }
    }

    private void end(boolean well, String message) {
        PipeRecords.get().ended(pipe, course, well, message);
    }
}
