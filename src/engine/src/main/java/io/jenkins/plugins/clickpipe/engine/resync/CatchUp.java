package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.changes.StructureChangedException;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.changes.WalEnd;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.resync.Setup.Start;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Applies the new slot's changes to the {@code _resync} tables, so that readers do not go back in time when these are
 * swapped in. A batch's tokens and plan name destination tables, never {@code _resync} ones, and ClickHouse keeps the
 * tokens with the table: what was begun here can be repeated after the swap.
 */
final class CatchUp {
    /** Each round applies what was written during the one before; writers that are faster than that are not awaited. */
    private static final int MOST_ROUNDS = 10;

    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final long CLOSE_BYTES = 1 << 20;
    private static final String PHASE = "Catch-up";

    private final Workspace workspace;
    private final Journal journal;
    private final RunReport report;
    private final StopSignal stop;
    private final Connection session;
    private final List<TableMapping> tables;
    private final String slot;
    private LogSequenceNumber position;

    /**
     * @param session an ordinary session of the source
     * @param start of the new slot, which it must have
     */
    CatchUp(
            Workspace workspace,
            Journal journal,
            RunReport report,
            StopSignal stop,
            Connection session,
            List<TableMapping> tables,
            Start start) {
        this.workspace = Objects.requireNonNull(workspace);
        this.journal = Objects.requireNonNull(journal);
        this.report = Objects.requireNonNull(report);
        this.stop = Objects.requireNonNull(stop);
        this.session = Objects.requireNonNull(session);
        this.tables = List.copyOf(tables);
        this.slot = start.slot().orElseThrow();
        this.position = start.snapshot().consistentPoint();
    }

    /**
     * Goes on until the new tables are close behind the source.
     *
     * @param limit no longer than this; what is left then is left to sync
     */
    void untilClose(Duration limit) {
        report.phase(PHASE, "applying the changes since the snapshot to the new tables");
        long begin = System.nanoTime();
        for (int round = 1; ; round++) {
            long roundBegin = System.nanoTime();
            SyncResult result;
            try {
                result = apply(WalEnd.now(session), begin + limit.toNanos());
            } catch (StructureChangedException e) {
                report.warn("Table " + e.destination() + " changed on the source meanwhile (" + e.reason()
                        + "): the swap goes on, and the changes from there on are left to sync.");
                return;
            }
            stop.check();
            long lag = WalEnd.now(session).asLong() - position.asLong();
            boolean close =
                    !result.stopped() && (lag <= CLOSE_BYTES || System.nanoTime() - roundBegin <= CLOSE.toNanos());
            report.info("[" + PHASE + "] " + result.counts() + ", " + HumanUnits.bytes(lag) + " of WAL to go");
            if (close) {
                return;
            }
            if (result.stopped() || round == MOST_ROUNDS) {
                report.warn("The source is written faster than its changes are applied: the swap goes on with "
                        + HumanUnits.bytes(lag) + " of WAL to apply, so readers go back by that until sync has"
                        + " applied it.");
                return;
            }
        }
    }

    /** Goes on until the new tables hold everything before a position; returns up to where they do. */
    LogSequenceNumber until(LogSequenceNumber target) {
        report.phase(PHASE, "bringing the new tables to where the pipe is");
        apply(target, Long.MAX_VALUE);
        stop.check();
        return position;
    }

    /** @param deadline as of {@link System#nanoTime()}; {@code Long.MAX_VALUE} for none */
    private SyncResult apply(LogSequenceNumber target, long deadline) {
        Map<String, String> names = new HashMap<>();
        tables.forEach(table -> names.put(table.target(), table.resyncTarget()));
        SlotSync.Feed feed = new SlotSync.Feed(
                slot,
                journal.state().publication().orElseThrow(),
                position,
                tables,
                tables.stream().map(LoadedTables::replicated).toList(),
                Map.of(),
                names::get);
        try (SlotSync sync = new SlotSync(
                workspace,
                journal,
                feed,
                () -> stop.isRequested() || deadline != Long.MAX_VALUE && System.nanoTime() - deadline > 0,
                progress -> {})) {
            SyncResult result = sync.sync().runOnce(target);
            if (result.confirmed().compareTo(position) > 0) {
                position = result.confirmed();
            }
            return result;
        }
    }
}
