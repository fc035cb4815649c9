package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.changes.WalEnd;
import io.jenkins.plugins.clickpipe.engine.definition.PipeDifference;
import io.jenkins.plugins.clickpipe.engine.definition.PipeFile;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.IgnoredOperations;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.definition.TablePattern;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.Kept;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.KeptTable;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState.Approval;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.report.LoadStatisticsJson;
import io.jenkins.plugins.clickpipe.engine.report.StatisticsTable;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots.Slot;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.swap.Mixture;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A pipe as it stands, from its journal and its slot. A status at which a process should be at work is Failed when no
 * process is.
 *
 * @param status one of ClickPipes' words, or {@code Not created}
 * @param lag empty without a usable slot
 * @param changes what the pipe file says otherwise than it did at the last resync
 */
public record StatusReport(
        String pipe,
        String status,
        Optional<String> reason,
        PipeState state,
        Optional<String> holder,
        Optional<Slot> slot,
        Optional<Lag> lag,
        List<PipeDifference.Change> changes,
        Optional<LoadStatistics> statistics) {
    private static final String NOT_CREATED = "Not created";

    /** Looks at both servers and changes nothing. */
    public static StatusReport of(Workspace workspace, Optional<TablePattern> only) {
        PipeState state = PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
        Connection session = workspace.source().connect();
        try {
            Optional<String> holder = workspace.lockHolder(session);
            Optional<String> elsewhere = new Ownership(workspace, session)
                    .difference(state)
                    .map(difference -> difference.sentence() + " " + difference.wayOut())
                    .or(() -> new SourceHistory(workspace, session).fault(state));
            Optional<Slot> slot = state.liveSlot()
                    .filter(any -> elsewhere.isEmpty())
                    .flatMap(name -> new ReplicationSlots(workspace.source()).find(session, name));
            Optional<Lag> lag = slot.flatMap(Slot::confirmed)
                    .map(confirmed -> Lag.of(
                            WalEnd.look(session),
                            confirmed,
                            state.progressOf(slot.get().name()).upTo()));
            Optional<String> fault = elsewhere.or(() -> fault(workspace, state, holder, slot));
            String status = !state.exists()
                    ? NOT_CREATED
                    : fault.isPresent()
                            ? PipeStatus.FAILED.label()
                            : state.status().orElseThrow().label();
            return new StatusReport(
                    workspace.pipe(),
                    status,
                    fault.or(state::reason),
                    state,
                    holder,
                    slot,
                    lag,
                    changes(workspace, state),
                    state.statistics().map(LoadStatisticsJson::read).map(all -> restricted(all, only)));
        } finally {
            workspace.source().release(session);
        }
    }

    private static List<PipeDifference.Change> changes(Workspace workspace, PipeState state) {
        return state.settings()
                .map(before -> PipeDifference.between(before, PipeFile.write(workspace.definition())))
                .orElse(List.of());
    }

    private static Optional<String> fault(
            Workspace workspace, PipeState state, Optional<String> holder, Optional<Slot> slot) {
        if (!state.exists()) {
            return Optional.empty();
        }
        PipeStatus status = state.status().orElseThrow();
        if (state.pendingSwap().isPresent() && holder.isEmpty()) {
            SwapPlan plan = SwapPlan.fromJson(state.pendingSwap().get().plan());
            return Optional.of("tables have changed places half way. "
                    + Mixture.of(new TargetCatalog(workspace.target()), plan).sentence()
                    + " Every command but status goes on with that first: run "
                    + (plan.kind() == SwapPlan.Kind.SWAP ? "sync or resync" : "rollback"));
        }
        if (status.isTransitional() && holder.isEmpty()) {
            return Optional.of("the process that worked on the pipe is gone (it was at " + status.label() + "); run "
                    + (state.liveSlot().isPresent()
                            ? "sync to go on with the tables as they were, or resync"
                            : "resync"));
        }
        boolean needsSlot = status == PipeStatus.RUNNING || status == PipeStatus.PAUSING || status == PipeStatus.PAUSED;
        if (needsSlot && state.liveSlot().isPresent() && slot.isEmpty()) {
            return Optional.of("replication slot " + state.liveSlot().get() + " is missing; run resync");
        }
        return needsSlot
                ? slot.flatMap(Slot::invalidReason)
                        .map(why -> "PostgreSQL has invalidated the replication slot (" + why + "); run resync")
                        .or(() -> slot.flatMap(now -> Setup.foreign(now, state.progressOf(now.name())))
                                .map(why -> "the replication slot " + why + "; run resync"))
                : Optional.empty();
    }

    private static LoadStatistics restricted(LoadStatistics all, Optional<TablePattern> only) {
        if (only.isEmpty()) {
            return all;
        }
        return new LoadStatistics(
                all.pipe(),
                all.run(),
                all.status(),
                all.failure(),
                all.started(),
                all.ended(),
                all.phases(),
                all.tables().stream()
                        .filter(table -> only.get().matches(tableName(table.source())))
                        .toList(),
                all.samples());
    }

    private static TableName tableName(String qualified) {
        int dot = qualified.indexOf('.');
        return new TableName(qualified.substring(0, dot), qualified.substring(dot + 1));
    }

    public JsonNode toJson() {
        ObjectNode json = Journal.object().put("pipe", pipe).put("status", status);
        json.put("reason", reason.orElse(null));
        json.put("since", state.statusSince().map(Object::toString).orElse(null));
        json.put("run", state.run().orElse(null));
        json.put("workedOnBy", holder.orElse(null));
        json.put(
                "baselineLsn", state.baseline().map(LogSequenceNumber::asString).orElse(null));
        json.put("lagBytes", lag.map(Lag::bytes).orElse(null));
        json.put("lagSeconds", lag.flatMap(Lag::seconds).orElse(null));
        ObjectNode slotJson =
                slot.isPresent() ? json.putObject("slot") : json.putNull("slot").objectNode();
        slot.ifPresent(s -> slotJson.put("name", s.name())
                .put("active", s.active())
                .put(
                        "confirmedLsn",
                        s.confirmed().map(LogSequenceNumber::asString).orElse(null))
                .put("retainedBytes", s.retainedBytes())
                .put("invalidReason", s.invalidReason().orElse(null)));
        Optional<Approval> awaited = awaited();
        if (awaited.isPresent()) {
            json.putObject("approval")
                    .put("run", awaited.get().run())
                    .put("since", awaited.get().since().toString())
                    .put("until", awaited.get().until().toString());
        } else {
            json.putNull("approval");
        }
        ArrayNode previous = json.putArray("previousTables");
        for (Kept generation : state.generations().kept()) {
            ObjectNode node = previous.addObject()
                    .put("putAsideBy", generation.id())
                    .put("keptUntil", generation.until().toString())
                    .put("rollback", isForRollback(generation));
            ArrayNode tables = node.putArray("tables");
            keptTables(generation).forEach(tables::add);
        }
        ArrayNode rolledBack = json.putArray("rolledBackTables");
        state.generations().rolledBack().forEach(rolledBack::add);
        ObjectNode stopped = json.putObject("stoppedTables");
        state.stoppedTables().forEach(stopped::put);
        json.put("ignoredOperations", state.ignoredOperations().name().toLowerCase(Locale.ROOT));
        ArrayNode changed = json.putArray("changedSinceResync");
        changes.forEach(change -> changed.add(change.toString()));
        ArrayNode resyncTables = json.putArray("resyncTables");
        state.resyncTables().keySet().stream().sorted().forEach(resyncTables::add);
        if (statistics.isPresent()) {
            json.set("statistics", LoadStatisticsJson.write(statistics.get()));
        } else {
            json.putNull("statistics");
        }
        return json;
    }

    private static String text(Lag lag) {
        return HumanUnits.bytes(lag.bytes())
                + lag.seconds()
                        .map(seconds -> ", " + HumanUnits.duration(Duration.ofMillis(Math.round(seconds * 1000))))
                        .orElse("");
    }

    /** A swap that the process at work waits with. */
    private Optional<Approval> awaited() {
        return state.approval()
                .filter(approval -> holder.isPresent() && approval.decision().isEmpty());
    }

    private static List<String> keptTables(Kept generation) {
        return generation.tables().stream()
                .filter(table -> table.uuid().isPresent())
                .map(KeptTable::name)
                .toList();
    }

    private boolean isForRollback(Kept generation) {
        return state.generations().rollback().equals(Optional.of(generation));
    }

    /** For a terminal. */
    public String toText() {
        StringBuilder text =
                new StringBuilder("Pipe ").append(pipe).append(": ").append(status);
        state.statusSince().ifPresent(since -> text.append(" since ").append(since));
        reason.ifPresent(why -> text.append("\nReason: ").append(why));
        holder.ifPresent(who -> text.append("\nWorked on by: ").append(who));
        awaited().ifPresent(approval -> text.append("\nThe swap awaits approval since ")
                .append(approval.since())
                .append(", until ")
                .append(approval.until())
                .append(": run approve, or approve --reject"));
        slot.ifPresent(s -> text.append("\nSlot ")
                .append(s.name())
                .append(": ")
                .append(s.active() ? "active" : "idle")
                .append(", lag ")
                .append(lag.map(StatusReport::text).orElse("unknown"))
                .append(", retains ")
                .append(HumanUnits.bytes(s.retainedBytes()))
                .append(" of WAL"));
        for (Kept generation : state.generations().kept()) {
            text.append("\nPrevious tables put aside by run ")
                    .append(generation.id())
                    .append(", kept until ")
                    .append(generation.until())
                    .append(": ")
                    .append(String.join(", ", keptTables(generation)))
                    .append(
                            isForRollback(generation)
                                    ? " (rollback puts these back)"
                                    : " (older than what the newest load has replaced: rollback does not put these back)");
        }
        if (state.ignoredOperations() != IgnoredOperations.NONE) {
            text.append("\nIgnored operations: ")
                    .append(state.ignoredOperations().name().replace("_AND_", " and "))
                    .append(": the destination keeps what they remove");
        }
        new TreeMap<>(state.stoppedTables()).forEach((table, why) -> text.append("\nTable ")
                .append(table)
                .append(" is not followed until a resync: ")
                .append(why));
        changes.forEach(change -> text.append("\nChanged in the pipe file since the last resync: ")
                .append(change));
        statistics.ifPresent(s -> text.append("\n\nInitial load of run ")
                .append(s.run())
                .append("\n")
                .append(StatisticsTable.render(s)));
        return text.toString().stripTrailing();
    }
}
