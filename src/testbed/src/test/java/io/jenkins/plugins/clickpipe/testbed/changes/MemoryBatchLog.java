package io.jenkins.plugins.clickpipe.testbed.changes;

import io.jenkins.plugins.clickpipe.engine.changes.BatchLog;
import io.jenkins.plugins.clickpipe.engine.changes.CommitPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/** Remembers as the journal does. */
final class MemoryBatchLog implements BatchLog {
    final List<Plan> plans = new ArrayList<>();
    LogSequenceNumber applied = LogSequenceNumber.INVALID_LSN;

    @Override
    public Optional<Plan> pending() {
        Optional<Plan> last = plans.isEmpty() ? Optional.empty() : Optional.of(plans.get(plans.size() - 1));
        return last.filter(plan -> !plan.isAppliedUpTo(applied));
    }

    @Override
    public void planned(Plan plan) {
        plans.add(plan);
    }

    @Override
    public void applied(CommitPoint end) {
        applied = end.lsn();
    }
}
