package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import hudson.model.Run;
import io.jenkins.plugins.clickpipe.status.BuildReference;
import io.jenkins.plugins.clickpipe.status.Course;
import io.jenkins.plugins.clickpipe.status.JsonObject;
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
    private final String job;
    private final int number;
    private final String url;
    private final String action;
    private final EngineState state = new EngineState();

    private RunEvents(EngineCommand command, BuildReference build, String action) {
        this.command = requireNonNull(command);
        this.job = build.job();
        this.number = build.number();
        this.url = build.url();
        this.action = requireNonNull(action);
    }

    /** The build is about to start the engine; a resync's page is there from now on. */
    static RunEvents begin(EngineCommand command, Run<?, ?> run) throws IOException {
        BuildReference build = BuildReference.to(run);
        String action = command.name().equals("resync") ? ResyncAction.addTo(run, command) : "";
        PipeRecords.get().begun(command.pipe(), new Course(command.name(), build));
        return new RunEvents(command, build, action);
    }

    EngineState state() {
        return state;
    }

    /** Takes in whole lines of the engine's event stream. */
    void accept(String lines) {
        List<JsonObject> events = lines.lines().map(JsonObject::parse).toList();
        events.forEach(state::accept);
        PipeRecords.get().told(command.pipe(), course(), events);
        action().ifPresent(present -> present.update(state));
    }

    /**
     * The process has ended.
     *
     * @param failure why it did not succeed; empty when it did
     */
    void ended(Optional<String> failure) {
        PipeRecords.get().ended(command.pipe(), course(), failure.isEmpty(), failure.orElse(state.message()));
        action().ifPresent(present -> present.ended(state, failure.orElse("")));
    }

    private Course course() {
        return new Course(command.name(), new BuildReference(job, number, url));
    }

    private Optional<ResyncAction> action() {
        return action.isEmpty() ? Optional.empty() : ResyncAction.of(job, number, action);
    }
}
