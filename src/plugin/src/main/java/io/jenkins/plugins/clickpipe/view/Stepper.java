package io.jenkins.plugins.clickpipe.view;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.Activity;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The phases of a resync as steps: which are done, which one is under way, at which one it failed. */
final class Stepper {
    private static final String FAILED = "Failed";
    /** Seconds; what is shorter is not worth telling. */
    private static final double SHORTEST = 0.05;

    private static final List<String> USUAL =
            List.of(Activity.STARTING, "Setup", "Snapshot", "Soft-deleted rows", "Verification", "Catch-up", "Resync");

    private final Map<String, JsonObject> told = new LinkedHashMap<>();
    private final String latest;
    private final List<String> steps;
    private final boolean failed;
    private final boolean underWay;

    /**
     * @param phases as in load-stats.json
     * @param status one of ClickPipes' words
     * @param underWay whether the engine is at work
     */
    Stepper(List<JsonObject> phases, String status, boolean underWay, boolean failed) {
        this.underWay = underWay;
        this.failed = failed;
        String last = "";
        for (JsonObject phase : requireNonNull(phases)) {
            String name = phase.text("phase");
            if (!name.equals(FAILED)) {
                told.put(name, phase);
                last = name;
            }
        }
        this.latest = last;
        steps = steps(status);
    }

    /** The usual phases; one that only some resyncs have stands behind the phase that was told before it. */
    private List<String> steps(String status) {
        List<String> all = new ArrayList<>(USUAL);
        int behind = 0;
        for (String phase : told.keySet()) {
            if (!all.contains(phase)) {
                all.add(behind + 1, phase);
            }
            behind = all.indexOf(phase);
        }
        if (!all.contains("Running") && !all.contains("Completed")) {
            all.add(status.equals("Completed") ? status : "Running");
        }
        return List.copyOf(all);
    }

    /** Each with name, state, what assistive technology is told of it, and how long it took. */
    List<Map<String, Object>> view() {
        int reached = reached();
        List<Map<String, Object>> view = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            String state = state(i, reached);
            JsonObject phase = told.getOrDefault(steps.get(i), JsonObject.EMPTY);
            Map<String, Object> step = new LinkedHashMap<>();
            step.put("name", steps.get(i));
            step.put("state", state);
            step.put("stepClass", "clickpipe-step clickpipe-step--" + state);
            step.put("current", state.equals("current") || state.equals("failed") ? "step" : null);
            step.put("spoken", spoken(state));
            step.put("seconds", took(phase).map(HumanUnits::seconds).orElse(""));
            view.add(step);
        }
        return view;
    }

    /** The phase that was told last. */
    private int reached() {
        return latest.isEmpty() ? (underWay || failed ? 0 : -1) : steps.indexOf(latest);
    }

    private String state(int step, int reached) {
        if (step == reached) {
            return failed ? "failed" : underWay ? "current" : "done";
        }
        boolean begun = told.containsKey(steps.get(step));
        if (step > reached) {
            return begun ? "done" : "todo";
        }
        return begun || steps.get(step).equals(Activity.STARTING) ? "done" : "skipped";
    }

    private static String spoken(String state) {
        return switch (state) {
            case "done" -> "done";
            case "current" -> "under way";
            case "failed" -> "failed";
            case "skipped" -> "not needed";
            default -> "to come";
        };
    }

    private static Optional<Double> took(JsonObject phase) {
        if (phase.has("seconds")) {
            return Optional.of(phase.decimal("seconds")).filter(seconds -> seconds >= SHORTEST);
        }
        return phase.instant("started")
                .flatMap(from -> phase.instant("ended").map(to -> (to.toEpochMilli() - from.toEpochMilli()) / 1000.0));
    }
}
