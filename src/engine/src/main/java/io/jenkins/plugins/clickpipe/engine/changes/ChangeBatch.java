package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.changes.BatchLog.Plan;
import java.util.List;
import java.util.Optional;

/**
 * Changes to apply together: all those of the planned transactions, or a part of one large transaction.
 *
 * @param part 0 for the first or only part
 * @param replayed the plan stands in the {@link BatchLog} already
 * @param end of its last transaction, which may be confirmed when the batch is applied; empty while parts of it are to come
 * @param transactions how many the batch completes
 */
public record ChangeBatch(
        Plan plan, int part, boolean replayed, List<Change> changes, Optional<CommitPoint> end, int transactions) {
    public ChangeBatch {
        requireNonNull(plan);
        requireNonNull(end);
        changes = List.copyOf(changes);
    }
}
