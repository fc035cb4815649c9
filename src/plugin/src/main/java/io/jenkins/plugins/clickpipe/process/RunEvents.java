package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.clickpipe.status.BuildReference;
import io.jenkins.plugins.clickpipe.status.Course;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What a process tells, handed on to whom it concerns: the process' own state, the build's action, the pipe's record.
 * Kept with the build, so it goes on after a restart of the controller.
 */
final class RunEvents implements Serializable {
    private static final long serialVersionUID = 1L;

    private final EngineCommand command;
    private final String folder;
    private final String job;
    private final int number;
    private final String url;
    private final String action;
    private final EngineState state = new EngineState();

    private RunEvents(EngineCommand command, PipeId pipe, BuildReference build, String action) {
        this.command = requireNonNull(command);
        this.folder = pipe.folder();
        this.job = build.job();
        this.number = build.number();
        this.url = build.url();
        this.action = requireNonNull(action);
    }

    /** The build is about to start the engine; a resync's page is there from now on. */
    static RunEvents begin(EngineCommand command, PipeSource source, Run<?, ?> run, String node, String attempt)
            throws IOException {
        BuildReference build = BuildReference.to(run);
        PipeId pipe = source.id(run.getParent());
        String action = command.name().equals("resync") ? ResyncAction.on(run, command, source, node, attempt) : "";
        PipeRecords.get().begun(pipe, Course.of(command.name(), build));
        return new RunEvents(command, pipe, build, action);
    }

    PipeId pipe() {
        return new PipeId(folder == null ? "" : folder, command.pipe());
    }

    EngineState state() {
        return state;
    }

    /** Takes in whole lines of the engine's event stream. What people decide is written into the build's log. */
    void accept(String lines, TaskListener listener) {
        List<JsonObject> events = lines.lines().map(JsonObject::parse).toList();
        events.forEach(state::accept);
        events.stream()
                .filter(event -> event.text("type").equals("approval"))
                .flatMap(event -> Decision.of(event).stream())
                .forEach(decision -> listener.getLogger().println(decision.sentence(command.pipe())));
        PipeRecords.get().told(pipe(), course(), events);
        action().ifPresent(present -> present.update(state));
    }

    /**
     * The process has ended.
     *
     * @param failure why it did not succeed; empty when it did
     */
    void ended(Optional<String> failure) {
        PipeRecords.get().ended(pipe(), course(), failure.isEmpty(), failure.orElse(state.message()));
        action().ifPresent(present -> present.ended(state, failure.orElse("")));
    }

    private Course course() {
        return Course.of(command.name(), new BuildReference(job, number, url));
    }

    private Optional<ResyncAction> action() {
        return action.isEmpty() ? Optional.empty() : ResyncAction.of(job, number, action);
    }
}
