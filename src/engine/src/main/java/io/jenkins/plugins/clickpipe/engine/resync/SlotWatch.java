package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.WalRoom;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Watches how much more WAL the slot of a running load may hold back ({@code max_slot_wal_keep_size}). Beyond that
 * PostgreSQL invalidates the slot, and what was loaded could not be followed by changes.
 */
final class SlotWatch {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final double WARN_BELOW = 0.30;
    private static final double STOP_BELOW = 0.10;

    private final Optional<String> slot;
    private final ReplicationSlots slots;
    private final Connection session;
    private final Clock clock;
    private final Consumer<String> warnings;
    private Instant next = Instant.MIN;
    private boolean warned;

    /** @param slot empty for a pipe that replicates no changes, which has nothing to watch */
    SlotWatch(
            Optional<String> slot, ReplicationSlots slots, Connection session, Clock clock, Consumer<String> warnings) {
        this.slot = Objects.requireNonNull(slot);
        this.slots = Objects.requireNonNull(slots);
        this.session = Objects.requireNonNull(session);
        this.clock = Objects.requireNonNull(clock);
        this.warnings = Objects.requireNonNull(warnings);
    }

    /**
     * Looks every five seconds; of the thread that owns the session.
     *
     * @throws EngineException when the slot is lost, or soon would be
     */
    void look() {
        Instant now = clock.instant();
        if (slot.isEmpty() || now.isBefore(next)) {
            return;
        }
        next = now.plus(INTERVAL);
        Optional<WalRoom> room;
        try {
            room = slots.walRoom(session, slot.get());
        } catch (SourceException e) {
            // a look that fails says nothing about the slot; the load has its own sessions
            return;
        }
        room.ifPresent(this::judge);
    }

    private void judge(WalRoom room) {
        if (room.lost() || room.bytesLeft() < STOP_BELOW * room.limitBytes()) {
            throw new EngineException("The load was stopped because replication slot " + slot.orElseThrow()
                    + (room.lost() ? " was invalidated" : " was about to be invalidated")
                    + ": PostgreSQL keeps at most " + HumanUnits.bytes(room.limitBytes())
                    + " of WAL for it (max_slot_wal_keep_size), and more was written during the load. Raise"
                    + " max_slot_wal_keep_size, or load when less is written.");
        }
        if (room.bytesLeft() < WARN_BELOW * room.limitBytes() && !warned) {
            warned = true;
            warnings.accept("PostgreSQL keeps " + HumanUnits.bytes(room.bytesLeft())
                    + " more of WAL for replication slot " + slot.orElseThrow() + " before it invalidates it"
                    + " (max_slot_wal_keep_size is " + HumanUnits.bytes(room.limitBytes())
                    + "); the load stops before that. Raise max_slot_wal_keep_size while it runs"
                    + " (ALTER SYSTEM and pg_reload_conf) to let it end.");
        }
    }
}
