package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.SourceChangedException;
import io.jenkins.plugins.clickpipe.engine.changes.StructureChangedException;
import io.jenkins.plugins.clickpipe.engine.changes.Sync;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.changes.WalEnd;
import io.jenkins.plugins.clickpipe.engine.changes.WalEnd.Look;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.resync.LoadRounds.Loaded;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock.PipeBusyException;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
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
    /** So soon a waiting run notices that the session with its lock is gone, which no other session tells. */
    private static final Duration LOCK_INTERVAL = Duration.ofSeconds(2);

    private final Workspace workspace;
    private final Journal journal;
    private final RunReport report;
    private final StopSignal stop;
    private final PipeLock lock;
    private final List<TableMapping> tables;
    private final Map<String, LogSequenceNumber> starts;
    private final String slot;
    private final Patience patience = new Patience(System::nanoTime);
    private LogSequenceNumber position;

    /** @param loaded by a run with a slot */
    CatchUp(Workspace workspace, Journal journal, RunReport report, StopSignal stop, PipeLock lock, Loaded loaded) {
        this.workspace = Objects.requireNonNull(workspace);
        this.journal = Objects.requireNonNull(journal);
        this.report = Objects.requireNonNull(report);
        this.stop = Objects.requireNonNull(stop);
        this.lock = Objects.requireNonNull(lock);
        this.tables = loaded.mappings();
        this.starts = loaded.starts();
        this.slot = loaded.start().slot().orElseThrow();
        this.position = loaded.start().snapshot().consistentPoint();
    }

    /**
     * Goes on until the new tables are close behind the source.
     *
     * @param limit no longer than this; what is left then is left to sync
     */
    void untilClose(Duration limit) {
        report.phase(PHASE, "applying the changes since the snapshot to the new tables");
        long begin = System.nanoTime();
        BooleanSupplier over = () -> System.nanoTime() - begin > limit.toNanos();
        for (int round = 1; ; round++) {
            long roundBegin = System.nanoTime();
            Look look = connected(() -> WalEnd.reachable(lock.session()));
            SyncResult result;
            try {
                result = apply(over, sync -> sync.runOnce(look.walEnd()));
            } catch (StructureChangedException | SourceChangedException e) {
                report.warn(changed(e) + ": the swap goes on, and the changes from there on are left to sync.");
                return;
            }
            stop.check();
            long lag = connected(() -> WalEnd.now(lock.session())).asLong() - position.asLong();
            boolean close =
                    !result.stopped() && (lag <= CLOSE_BYTES || System.nanoTime() - roundBegin <= CLOSE.toNanos());
            report.info("[" + PHASE + "] " + result.counts() + ", " + HumanUnits.bytes(lag) + " of WAL to go");
            if (close) {
                new JournalledBatches(journal, slot).confirmed(position, look.time());
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

    /** Keeps the new tables close behind the source until it is over. */
    void follow(BooleanSupplier over) {
        try {
            apply(watchingTheLock(over), Sync::runUntilStopped);
            stop.check();
        } catch (StructureChangedException | SourceChangedException e) {
            report.warn(changed(e) + ": the new tables follow the source no further before the swap.");
            hold(over);
        }
    }

    /** Leaves the new tables as they are until it is over. */
    void hold(BooleanSupplier over) {
        connected(() -> {
            stop.awaitUntil(watchingTheLock(over));
            return position;
        });
    }

    private BooleanSupplier watchingTheLock(BooleanSupplier over) {
        AtomicLong last = new AtomicLong(System.nanoTime());
        return () -> {
            long now = System.nanoTime();
            if (now - last.get() >= LOCK_INTERVAL.toNanos()) {
                last.set(now);
                lock.verifyConnected();
            }
            return over.getAsBoolean();
        };
    }

    private static String changed(EngineException fault) {
        return fault instanceof StructureChangedException e
                ? changed(e)
                : fault.getMessage().replaceFirst("\\. .*", "");
    }

    private static String changed(StructureChangedException e) {
        return "Table " + e.destination() + " changed on the source meanwhile (" + e.reason() + ")";
    }

    /** Goes on until the new tables hold everything before a position; returns up to where they do. */
    LogSequenceNumber until(LogSequenceNumber target) {
        report.phase(PHASE, "bringing the new tables to where the pipe is");
        apply(() -> false, sync -> sync.runOnce(target));
        stop.check();
        return position;
    }

    /** Opens broken connections again, as long as that takes no longer than {@link Patience#LIMIT}. */
    private SyncResult apply(BooleanSupplier over, Function<Sync, SyncResult> work) {
        AtomicReference<SyncResult> sofar = new AtomicReference<>(SyncResult.NONE);
        return connected(() -> {
            SyncResult before = sofar.get();
            try (SlotSync sync = new SlotSync(
                    workspace, journal, feed(), () -> stop.isRequested() || over.getAsBoolean(), progress -> {
                        sofar.set(before.plus(progress));
                        if (progress.counts().changes() > 0) {
                            patience.succeed();
                        }
                    })) {
                patience.begin();
                SyncResult result = before.plus(work.apply(sync.sync()));
                reached(result.confirmed());
                return result;
            }
        });
    }

    private <T> T connected(Supplier<T> work) {
        while (true) {
            try {
                if (lock.renew()) {
                    journal.verifyUntouched();
                }
                return work.get();
            } catch (SourceException | TargetException | PipeBusyException e) {
                stop.check();
                Duration pause = patience.pauseAfter(e);
                report.warn(e.getMessage() + " Catching up tries again in " + pause.toSeconds() + " s.");
                stop.await(pause);
                stop.check();
            }
        }
    }

    private SlotSync.Feed feed() {
        // What a broken stream had applied stands in the journal, and would not be cut into the same batches again.
        journal.state().progressOf(slot).confirmed().ifPresent(this::reached);
        Map<String, String> names = new HashMap<>();
        Map<String, UUID> made = new HashMap<>();
        tables.forEach(table -> {
            names.put(table.target(), table.resyncTarget());
            made.put(table.target(), journal.state().resyncTables().get(table.resyncTarget()));
        });
        return new SlotSync.Feed(
                slot,
                journal.state().publication().orElseThrow(),
                position,
                tables,
                tables.stream().map(LoadedTables::replicated).toList(),
                starts,
                made,
                names::get,
                CatalogWatch.ofRelations(lock.session(), tables));
    }

    private void reached(LogSequenceNumber confirmed) {
        if (confirmed.compareTo(position) > 0) {
            position = confirmed;
        }
    }
}
