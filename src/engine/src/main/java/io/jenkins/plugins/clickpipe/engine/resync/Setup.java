package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.RowVersion;
import io.jenkins.plugins.clickpipe.engine.definition.PipeDefinition;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.ReplicationMode;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.SlotProgress;
import io.jenkins.plugins.clickpipe.engine.source.ExportedSnapshot;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.Slot;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import java.sql.Connection;
import java.util.Objects;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Setup phase on the source: the old slot goes, publication, baseline and new slot come. */
final class Setup {
    private static final Logger LOG = LoggerFactory.getLogger(Setup.class);
    private final Workspace workspace;
    private final Journal journal;
    private final Connection session;

    /** @param session an ordinary session that stays open */
    Setup(Workspace workspace, Journal journal, Connection session) {
        this.workspace = Objects.requireNonNull(workspace);
        this.journal = Objects.requireNonNull(journal);
        this.session = Objects.requireNonNull(session);
    }

    /**
     * Where the new pipe starts.
     *
     * @param slot empty for a pipe that replicates no changes
     */
    record Start(Optional<String> slot, ExportedSnapshot snapshot) {
        /** The version of the snapshot's rows. */
        long version() {
            return RowVersion.ofSnapshot(snapshot.consistentPoint());
        }
    }

    /** Why a slot of a name that the journal knows is not the one that a run of this pipe has made, as a clause about it. */
    static Optional<String> foreign(Slot slot, SlotProgress progress) {
        Optional<LogSequenceNumber> at = slot.confirmed();
        Optional<LogSequenceNumber> bound = progress.bound()
                .filter(most -> at.filter(now -> now.compareTo(most) > 0).isPresent());
        Optional<LogSequenceNumber> created = progress.created()
                .filter(least -> at.filter(now -> now.compareTo(least) < 0).isPresent());
        return slot.foreign()
                .or(() -> bound.map(
                        most -> "stands at " + at.orElseThrow().asString() + ", and this pipe has confirmed no"
                                + " more than " + most.asString() + ": somebody else has read it, or has made it anew"))
                .or(() -> created.map(least -> "stands at " + at.orElseThrow().asString() + ", before "
                        + least.asString() + ", where this pipe has made it: somebody else has made it anew"));
    }

    /** Drops every slot that the pipe's runs may have left on the source, also invalidated ones. */
    void dropSlots() {
        dropSlotsExcept(Optional.empty());
    }

    /** Drops every slot that the pipe's runs may have left on the source but this one; one of somebody else's stays. */
    void dropSlotsExcept(Optional<String> kept) {
        ReplicationSlots slots = new ReplicationSlots(workspace.source());
        PipeState state = journal.state();
        for (String slot : state.knownSlots()) {
            if (kept.filter(slot::equals).isPresent()) {
                continue;
            }
            Optional<String> foreign = slots.find(session, slot).flatMap(now -> foreign(now, state.progressOf(slot)));
            if (foreign.isPresent()) {
                String message = "Replication slot " + slot + " " + foreign.get() + ". It stays; where nobody needs it,"
                        + " run SELECT pg_drop_replication_slot(" + SourceSql.literal(slot) + ").";
                LOG.warn(message);
                workspace.events().log("WARN", message);
            } else {
                workspace.hearSource("SELECT pg_drop_replication_slot(" + SourceSql.literal(slot) + ")");
                slots.drop(session, slot);
            }
            journal.append(EntryKind.SLOT_DROPPED, "slot", slot);
        }
    }

    /** @param temporary the slot serves this run alone: another one goes on as the pipe's */
    Start start(Prepared prepared, boolean temporary) {
        PipeDefinition definition = workspace.definition();
        Settings settings = definition.settings();
        boolean changes = settings.replicationMode() != ReplicationMode.SNAPSHOT;
        if (changes) {
            bringPublicationUpToDate(prepared);
        }
        if (!changes) {
            return begin(Optional.empty(), ExportedSnapshot.withoutSlot(workspace.source()));
        }
        String slot = settings.replicationSlotName()
                .filter(name -> !temporary)
                .orElseGet(() -> RunId.slotName(definition.name(), workspace.run()));
        journal.append(
                EntryKind.SLOT_PLANNED, Journal.object().put("slot", slot).put("temporary", temporary));
        workspace.hearSource(
                "CREATE_REPLICATION_SLOT " + SourceSql.quote(slot) + " LOGICAL pgoutput (SNAPSHOT 'export')");
        ExportedSnapshot snapshot = create(slot);
        journal.append(
                EntryKind.SLOT_CREATED,
                Journal.object()
                        .put("slot", slot)
                        .put("lsn", snapshot.consistentPoint().asString()));
        return begin(Optional.of(slot), snapshot);
    }

    private ExportedSnapshot create(String slot) {
        try {
            return new ReplicationSlots(workspace.source()).create(slot);
        } catch (SourceException e) {
            if (ReplicationSlots.isTaken(e)) {
                // It is not the one that was planned, so cleaning up must not drop it.
                journal.append(EntryKind.SLOT_DROPPED, "slot", slot);
            }
            throw e;
        }
    }

    private Start begin(Optional<String> slot, ExportedSnapshot snapshot) {
        journal.append(EntryKind.BASELINE, "lsn", snapshot.consistentPoint().asString());
        return new Start(slot, snapshot);
    }

    /**
     * A snapshot of its own for tables that have to be loaded anew. The run's slot goes on sending their changes.
     *
     * @param first where the run has started
     * @param round the how manieth load of the run it is for
     */
    Start startAgain(Prepared prepared, Start first, int round) {
        if (first.slot().isEmpty()) {
            return new Start(first.slot(), ExportedSnapshot.withoutSlot(workspace.source()));
        }
        bringPublicationUpToDate(prepared);
        String slot = RunId.slotName(workspace.pipe(), workspace.run() + "_" + round);
        workspace.hearSource(
                "CREATE_REPLICATION_SLOT " + SourceSql.quote(slot) + " TEMPORARY LOGICAL pgoutput (SNAPSHOT 'export')");
        return new Start(first.slot(), new ReplicationSlots(workspace.source()).snapshotOfItsOwn(slot));
    }

    private void bringPublicationUpToDate(Prepared prepared) {
        PipeState before = journal.state();
        if (before.liveSlot().isPresent() && before.publication().isPresent()) {
            new Published(workspace, journal, session)
                    .faultFor(prepared.published())
                    .ifPresent(fault -> {
                        throw new EngineException("The pipe cannot go on with its tables: " + fault
                                + " of the whole pipe, with keepOriginalLive: false.");
                    });
        }
        new Publications(workspace, session).bringUpToDate(journal, prepared.published(), prepared.serverVersion());
        new Published(workspace, journal, session).journal(prepared.published());
    }

    /** Drops the pipe's publication, if it is ours. */
    void dropPublication() {
        new Publications(workspace, session).drop(journal.state());
    }
}
