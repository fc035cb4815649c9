package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.changes.BatchLog;
import io.jenkins.plugins.clickpipe.engine.changes.CommitPoint;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicatedTable;
import io.jenkins.plugins.clickpipe.engine.changes.StructureChangedException;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Confirms nothing before it has seen that the tables which took the changes are the pipe's: an insert goes to whatever
 * stands under a table's name.
 */
final class WatchedBatches implements BatchLog {
    private final BatchLog batches;
    private final TargetCatalog catalog;
    private final List<ReplicatedTable> tables;
    private final Map<String, UUID> uuids;
    private final UnaryOperator<String> names;

    /**
     * @param uuids by destination table, which one is the pipe's
     * @param names gives the name under which a destination table stands now
     */
    WatchedBatches(
            BatchLog batches,
            TargetCatalog catalog,
            List<ReplicatedTable> tables,
            Map<String, UUID> uuids,
            UnaryOperator<String> names) {
        this.batches = Objects.requireNonNull(batches);
        this.catalog = Objects.requireNonNull(catalog);
        this.tables = List.copyOf(tables);
        this.uuids = Map.copyOf(uuids);
        this.names = Objects.requireNonNull(names);
    }

    private void verify() {
        if (tables.isEmpty()) {
            return;
        }
        Map<String, UUID> now = catalog.uuids(
                tables.stream().map(table -> names.apply(table.destination())).collect(Collectors.toSet()));
        for (ReplicatedTable table : tables) {
            UUID wanted = uuids.get(table.destination());
            if (wanted != null && !wanted.equals(now.get(names.apply(table.destination())))) {
                throw new StructureChangedException(
                        table, "its destination table was replaced or dropped while changes went to it", List.of());
            }
        }
    }

    @Override
    public Optional<Plan> pending() {
        return batches.pending();
    }

    @Override
    public void planned(Plan plan) {
        batches.planned(plan);
    }

    @Override
    public void applied(CommitPoint end) {
        verify();
        batches.applied(end);
    }

    @Override
    public void idle(LogSequenceNumber position) {
        verify();
        batches.idle(position);
    }
}
