package io.jenkins.plugins.clickpipe.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StepperTest {
    @Test
    void onePhaseIsUnderWayThoseBeforeAreDone() {
        assertThat(steps(true, false, "Setup", "Snapshot"))
                .containsExactly(
                        "Checks done",
                        "Setup done",
                        "Snapshot current",
                        "Soft-deleted rows todo",
                        "Verification todo",
                        "Catch-up todo",
                        "Resync todo",
                        "Running todo");
    }

    @Test
    void aPhaseThatWasNotNeededIsSkipped() {
        assertThat(steps(false, false, "Setup", "Snapshot", "Verification", "Resync", "Completed"))
                .containsExactly(
                        "Checks done",
                        "Setup done",
                        "Snapshot done",
                        "Soft-deleted rows skipped",
                        "Verification done",
                        "Catch-up skipped",
                        "Resync done",
                        "Completed done");
    }

    @Test
    void aPhaseOfSomeResyncsStandsWhereItWasTold() {
        assertThat(steps(true, false, "Setup", "Cleaning", "Snapshot", "Verification"))
                .containsSubsequence(
                        "Setup done",
                        "Cleaning done",
                        "Snapshot done",
                        "Soft-deleted rows skipped",
                        "Verification current");
    }

    @Test
    void anApprovalStandsBetweenVerificationAndSwap() {
        assertThat(steps(true, false, "Setup", "Snapshot", "Soft-deleted rows", "Verification", "Catch-up", "Approval"))
                .containsSubsequence("Verification done", "Catch-up done", "Approval current", "Resync todo");
    }

    @Test
    void aPhaseThatComesAgainIsTheOneUnderWay() {
        assertThat(steps(true, false, "Setup", "Snapshot", "Catch-up", "Verification", "Catch-up"))
                .containsSubsequence("Verification done", "Catch-up current", "Resync todo");
    }

    @Test
    void theLastPhaseBeforeAFailureHasFailed() {
        assertThat(steps(false, true, "Setup", "Snapshot", "Failed"))
                .contains("Setup done", "Snapshot failed", "Resync todo")
                .doesNotContain("Failed failed");
    }

    @Test
    void aResyncThatWasRefusedFailedInItsChecks() {
        assertThat(steps(false, true)).startsWith("Checks failed", "Setup todo");
    }

    private static List<String> steps(boolean underWay, boolean failed, String... phases) {
        List<JsonObject> told = Stream.of(phases)
                .map(phase -> JsonObject.of(Map.of("phase", phase)))
                .toList();
        return new Stepper(told, "Snapshot", underWay, failed)
                .view().stream()
                        .map(step -> step.get("name") + " " + step.get("state"))
                        .toList();
    }
}
