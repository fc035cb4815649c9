package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.DurationText;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState.Approval;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState.Decision;
import io.jenkins.plugins.clickpipe.engine.report.Events.ApprovalState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Waits between verification and swap until a person has decided. */
final class SwapApproval {
    private final Workspace workspace;
    private final Journal journal;
    private final RunReport report;

    SwapApproval(Workspace workspace, Journal journal, RunReport report) {
        this.workspace = Objects.requireNonNull(workspace);
        this.journal = Objects.requireNonNull(journal);
        this.report = Objects.requireNonNull(report);
    }

    /** The swap was rejected, or nobody has decided in time. */
    static final class NotApprovedException extends EngineException {
        private static final long serialVersionUID = 1L;

        NotApprovedException(String message) {
            super(message);
        }
    }

    /**
     * Returns when it is approved.
     *
     * @param meanwhile works until it is told that it is over
     * @throws NotApprovedException when it is rejected, or the time is over
     */
    void await(Consumer<BooleanSupplier> meanwhile) {
        Duration limit = workspace.definition().settings().approvalTimeout();
        Instant until = workspace.clock().instant().plus(limit).truncatedTo(ChronoUnit.MILLIS);
        journal.append(EntryKind.APPROVAL_AWAITED, "until", until.toString());
        report.phase(
                "Approval",
                "the new tables are loaded and verified; waiting until " + until
                        + " for somebody to let them be swapped in: approve, or approve --reject");
        tell(ApprovalState.AWAITED, Optional.empty(), until);
        try (JournalWatch watch = JournalWatch.start(
                journal, state -> state.approval().flatMap(Approval::decision).isPresent())) {
            meanwhile.accept(() -> watch.asked() || !workspace.clock().instant().isBefore(until));
        }
        Optional<Decision> decision = decision();
        if (decision.isEmpty()) {
            tell(ApprovalState.EXPIRED, Optional.empty(), until);
            throw new NotApprovedException(
                    "Nobody has approved the swap within " + DurationText.format(limit) + " (approvalTimeout).");
        }
        String by = decision.get().by();
        if (!decision.get().approved()) {
            tell(ApprovalState.REJECTED, Optional.of(by), until);
            throw new NotApprovedException("The swap was rejected by " + by + ".");
        }
        tell(ApprovalState.APPROVED, Optional.of(by), until);
        report.info("The swap is approved by " + by + ".");
    }

    private Optional<Decision> decision() {
        journal.hear();
        return journal.state().approval().flatMap(Approval::decision);
    }

    private void tell(ApprovalState state, Optional<String> by, Instant until) {
        workspace.events().approval(state, by, until);
    }
}
