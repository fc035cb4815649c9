package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.RowVersion;
import io.jenkins.plugins.clickpipe.engine.definition.PipeDefinition;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.ReplicationMode;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.source.ExportedSnapshot;
import io.jenkins.plugins.clickpipe.engine.source.Publication;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import java.sql.Connection;
import java.util.Objects;
import java.util.Optional;

/** The Setup phase on the source: the old slot goes, publication, baseline and new slot come. */
final class Setup {
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

    /** Drops every slot that the pipe's runs may have left on the source, also invalidated ones. */
    void dropSlots() {
        dropSlotsExcept(Optional.empty());
    }

    /** Drops every slot that the pipe's runs may have left on the source but this one. */
    void dropSlotsExcept(Optional<String> kept) {
        ReplicationSlots slots = new ReplicationSlots(workspace.source());
        PipeState state = journal.state();
        for (String slot : state.knownSlots()) {
            if (kept.filter(slot::equals).isPresent()) {
                continue;
            }
            workspace.hearSource("SELECT pg_drop_replication_slot(" + SourceSql.literal(slot) + ")");
            slots.drop(session, slot);
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
        return begin(Optional.of(slot), new ReplicationSlots(workspace.source()).create(slot));
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
        Settings settings = workspace.definition().settings();
        String name = Publications.name(workspace.pipe(), settings);
        boolean ours = Publications.isOurs(settings);
        PipeState before = journal.state();
        if (before.liveSlot().isPresent() && before.publication().isPresent()) {
            new Published(workspace, journal, session)
                    .faultFor(prepared.published())
                    .ifPresent(fault -> {
                        throw new EngineException("The pipe cannot go on with its tables: " + fault
                                + " of the whole pipe, with keepOriginalLive: false.");
                    });
        }
        if (ours) {
            new Publication(session, name, workspace::hearSource)
                    .bringUpToDate(
                            prepared.published(), settings.ignoredOperations().published(), prepared.serverVersion());
        }
        journal.append(
                EntryKind.PUBLICATION, Journal.object().put("publication", name).put("ours", ours));
        new Published(workspace, journal, session).journal(prepared.published());
    }

    /** Drops the pipe's publication, if it is ours. */
    void dropPublication() {
        PipeState state = journal.state();
        if (state.publicationIsOurs()) {
            new Publication(session, state.publication().orElseThrow(), workspace::hearSource).drop();
        }
    }
}
