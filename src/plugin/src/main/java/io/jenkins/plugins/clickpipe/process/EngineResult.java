package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import groovy.json.JsonSlurperClassic;
import hudson.AbortException;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import jenkins.util.BuildListenerAdapter;

/** What a process that has ended leaves to its build: artifacts, an action with the headline numbers, a result. */
public final class EngineResult {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int BAD_INPUT = 2;
    private static final int VERIFICATION_REFUSED = 3;
    private static final int STOPPED = 130;

    private final EngineProcess process;
    private final int exitCode;

    public EngineResult(EngineProcess process, int exitCode) {
        this.process = requireNonNull(process);
        this.exitCode = exitCode;
    }

    /**
     * Takes everything over into the build and deletes it from the node.
     *
     * @return what a Pipeline step returns: a map of status, rows, tables and seconds, or the plan's text; null after a rollback
     * @throws AbortException when the engine did not succeed; the message says why
     */
    public Object take(Run<?, ?> run, FilePath workspace, TaskListener listener)
            throws IOException, InterruptedException {
        try {
            archive(run, workspace, listener);
            EngineState state = process.state();
            Optional<String> failure = exitCode == DONE ? Optional.empty() : Optional.of(reason(state));
            process.ended(failure);
            if (exitCode == DONE) {
                process.keepClasses(workspace);
            }
            if (failure.isPresent()) {
                throw new AbortException(failure.get());
            }
            return value(process.output(workspace), state, listener);
        } finally {
            process.cleanUp(run, workspace);
        }
    }

    private void archive(Run<?, ?> run, FilePath workspace, TaskListener listener)
            throws IOException, InterruptedException {
        FilePath artifacts = process.artifacts(workspace);
        if (!artifacts.exists()) {
            return;
        }
        Map<String, String> files = new LinkedHashMap<>();
        for (FilePath file : artifacts.list()) {
            files.put("clickpipe/" + process.command().pipe() + "/" + file.getName(), file.getName());
        }
        if (!files.isEmpty()) {
            Launcher launcher = workspace.createLauncher(listener);
            run.pickArtifactManager().archive(artifacts, launcher, new BuildListenerAdapter(listener), files);
        }
    }

    private Object value(String output, EngineState state, TaskListener listener) {
        switch (process.command().name()) {
            case "plan" -> {
                listener.getLogger().print(output);
                return output;
            }
            case "status" -> {
                PipeRecords.get().standing(process.pipe(), JsonObject.parse(output));
                return standing(output);
            }
            case "rollback" -> {
                PipeRecords.get().rolledBack(process.pipe());
                return null;
            }
            default -> {
                Map<String, Object> value = new LinkedHashMap<>();
                value.put("status", state.status());
                value.put("rows", state.rows());
                value.put("tables", state.tables());
                value.put("seconds", state.seconds());
                return value;
            }
        }
    }

    /** The status report with the figures of the last initial load at its top, and without that load's details. */
    private static Map<String, Object> standing(String json) {
        Map<String, Object> value = new LinkedHashMap<>();
        if (new JsonSlurperClassic().parseText(json) instanceof Map<?, ?> report) {
            value.put("status", report.get("status"));
            value.put("reason", report.get("reason"));
            value.put("lagBytes", report.get("lagBytes"));
            Map<?, ?> statistics = report.get("statistics") instanceof Map<?, ?> map ? map : Map.of();
            Map<?, ?> total = statistics.get("total") instanceof Map<?, ?> map ? map : Map.of();
            value.put("rows", total.get("rows"));
            value.put("tables", total.get("tables"));
            value.put("seconds", statistics.get("seconds"));
        }
        return value;
    }

    private String reason(EngineState state) {
        String begin = "ClickPipe " + process.command().pipe() + ": "
                + process.command().name() + " ";
        return switch (exitCode) {
            case FAILED -> begin + "failed. " + state.message();
            case BAD_INPUT -> begin + "was refused. The faults of the pipe's definition are named above.";
            case VERIFICATION_REFUSED -> begin + "was refused by the verification. " + state.message();
            case STOPPED -> begin + "was stopped by a signal on the agent. " + state.message();
            default ->
                begin + "ended with exit code " + exitCode + ". The engine's process is gone from the agent;"
                        + " readers see the original tables, or all new ones if the swap had begun. Run it again.";
        };
    }
}
