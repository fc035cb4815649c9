package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.SourceChangedException;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.changes.TableRefusedException;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.Slot;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipe's own sync while a resync loads new tables: the old slot's changes go on reaching the original tables, in a
 * thread of its own. A fault that does not pass ends it and is told; the resync goes on without it, and a later sync repeats the fault.
 */
final class LiveOriginals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveOriginals.class);
    /** A batch is being accepted; its insert may be repeated for minutes while ClickHouse restarts. */
    private static final Duration END_LIMIT = Duration.ofMinutes(10);

    private final Thread thread;
    private volatile boolean ended;

    private LiveOriginals(Workspace workspace, Journal journal, StopSignal stop, Slot slot, LoadedTables tables) {
        this.thread = new Thread(
                () -> {
                    try {
                        follow(workspace, journal, () -> ended || stop.isRequested(), slot, tables);
                    } catch (RuntimeException e) {
                        if (!ended && !stop.isRequested()) {
                            LOG.warn("The original tables no longer follow the source: {}", e.getMessage());
                        }
                    } catch (Error e) {
                        LOG.warn(
                                "The original tables no longer follow the source: {}",
                                EngineException.of(e).getMessage());
                    }
                },
                "live-originals");
        thread.setDaemon(true);
    }

    /** Opens broken connections again, as long as that takes no longer than {@link Patience#LIMIT}. */
    private static void follow(
            Workspace workspace, Journal journal, BooleanSupplier over, Slot slot, LoadedTables tables) {
        Patience patience = new Patience(System::nanoTime);
        Optional<LoadedTables> known = Optional.of(tables);
        while (!over.getAsBoolean()) {
            try {
                patience.begin();
                follow(workspace, journal, over, slot, known, patience);
            } catch (SourceChangedException e) {
                LOG.debug("{}", e.getMessage());
                known = Optional.empty();
            } catch (TableRefusedException e) {
                new StructureUpdate(workspace, journal).stop(e.destination(), e.source(), e.reason());
            } catch (SourceException | TargetException e) {
                if (over.getAsBoolean()) {
                    return;
                }
                Duration pause = patience.pauseAfter(e);
                LOG.warn("{} The sync of the original tables tries again in {} s.", e.getMessage(), pause.toSeconds());
                sleep(pause, over);
            }
        }
    }

    /** @param known empty when they are to be looked at again */
    private static void follow(
            Workspace workspace,
            Journal journal,
            BooleanSupplier over,
            Slot slot,
            Optional<LoadedTables> known,
            Patience patience) {
        Connection session = workspace.source().connect();
        try {
            Published.Look look = new Published(workspace, journal, session)
                    .look(known.orElseGet(() -> LoadedTables.follow(workspace, journal, session)));
            look.fault().ifPresent(fault -> {
                throw new EngineException("They cannot: " + fault + ".");
            });
            LoadedTables tables = look.tables();
            CatalogWatch watch = CatalogWatch.of(
                    session,
                    tables.mappings(),
                    journal.state().publication().orElseThrow(),
                    look.now().orElseThrow());
            SlotSync.Feed feed = SlotSync.Feed.live(slot, journal.state(), tables, Map.of(), watch);
            try (SlotSync sync = new SlotSync(workspace, journal, feed, over, result -> {
                progress(result);
                if (result.counts().changes() > 0) {
                    patience.succeed();
                }
            })) {
                sync.sync().runUntilStopped();
            }
        } finally {
            workspace.source().release(session);
        }
    }

    private static void sleep(Duration pause, BooleanSupplier over) {
        long end = System.nanoTime() + pause.toNanos();
        try {
            while (System.nanoTime() - end < 0 && !over.getAsBoolean()) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            // closing sets what is looked at next
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Starts it; a pipe whose originals cannot follow the source any more is told so and not kept from its resync.
     *
     * @param session an ordinary session of the source, used during this call alone
     */
    static LiveOriginals start(Workspace workspace, Journal journal, StopSignal stop, Connection session, Slot slot) {
        LiveOriginals live;
        try {
            LoadedTables tables = LoadedTables.follow(workspace, journal, session);
            live = new LiveOriginals(workspace, journal, stop, slot, tables);
        } catch (EngineException e) {
            LOG.warn("The original tables cannot follow the source meanwhile: {}", e.getMessage());
            live = new LiveOriginals();
        }
        live.thread.start();
        return live;
    }

    private LiveOriginals() {
        this.thread = new Thread(() -> {}, "live-originals");
    }

    private static void progress(SyncResult result) {
        LOG.debug(
                "[originals] {}, confirmed {}",
                result.counts(),
                Objects.requireNonNull(result.confirmed()).asString());
    }

    /** Ends it; afterwards no change of the old slot reaches a table any more. */
    void end() throws InterruptedException {
        ended = true;
        thread.join(END_LIMIT.toMillis());
        if (thread.isAlive()) {
            throw new EngineException("The sync of the original tables did not end within " + END_LIMIT.toMinutes()
                    + " minutes. Look at ClickHouse's running queries.");
        }
    }

    /** Ends it at once, where it stands. */
    @Override
    public void close() {
        ended = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(20).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
