package io.jenkins.plugins.clickpipe.engine.journal;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.IgnoredOperations;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A pipe as its journal says it is.
 *
 * @param exists the pipe was made and not dropped since
 * @param identity empty until a version that journals it has worked on the pipe
 * @param publicationOid empty where it is not known, in journals of older versions
 * @param claimed destination tables that the pipe has, or that a run of it was about to make
 * @param run the run that wrote the newest status
 * @param lastingStatus the newest status at which no process needs to be at work
 * @param reason why the status is what it is: the fault of {@code Failed}, what a rollback means for {@code Paused}
 * @param published the newest {@code PUBLISHED} entry; empty in journals of older versions
 * @param liveSlot the slot from which a Running pipe reads its changes
 * @param knownSlots every slot that may still stand on the source
 * @param progress by slot, how far its changes are applied
 * @param resyncTables tables made by runs and not swapped in yet, by name
 * @param structures by destination table, the {@code STRUCTURE} entry of the newest load that is in place
 * @param tableStarts by destination table, up to where it holds all changes though the live slot may send them again
 * @param loadedRows by destination table, the rows of the newest load that was swapped in
 * @param stoppedTables by destination table, why its changes are left out until it is loaded again
 * @param pendingSwap a swap that was planned and not finished, which takes the status that follows it too
 * @param pauseRequest what {@code Pausing} goes back to
 * @param approval what a resync waits for
 * @param generations what swaps and rollbacks have put in place and what is kept beside it
 */
public record PipeState(
        boolean exists,
        Optional<PipeIdentity> identity,
        Optional<String> run,
        Optional<PipeStatus> status,
        Optional<PipeStatus> lastingStatus,
        Optional<Instant> statusSince,
        Optional<String> reason,
        Optional<JsonNode> settings,
        Optional<String> publication,
        boolean publicationIsOurs,
        Optional<JsonNode> published,
        Optional<Long> publicationOid,
        Optional<String> liveSlot,
        Set<String> knownSlots,
        Optional<LogSequenceNumber> baseline,
        Map<String, SlotProgress> progress,
        Map<String, UUID> resyncTables,
        Map<String, JsonNode> structures,
        Set<String> claimed,
        Map<String, Long> loadedRows,
        Map<String, LogSequenceNumber> tableStarts,
        Map<String, String> stoppedTables,
        Optional<PendingSwap> pendingSwap,
        Optional<PauseRequest> pauseRequest,
        Optional<Approval> approval,
        Generations generations,
        Optional<JsonNode> statistics) {

    /** A swap that was planned and not finished. */
    public record PendingSwap(String run, JsonNode plan, boolean back) {}

    /**
     * Somebody wants the sync to end and the pipe to be paused.
     *
     * @param id the run that has asked
     */
    public record PauseRequest(String id, String by) {}

    /** A swap that awaits a person's decision. */
    public record Approval(String run, Instant since, Instant until, Optional<Decision> decision) {}

    /** What a person has said to a swap. */
    public record Decision(boolean approved, String by) {}

    /** What of the source's changes the pipe leaves out since its last resync. */
    public IgnoredOperations ignoredOperations() {
        String word = settings.map(
                        json -> json.path("settings").path("ignoredOperations").asText("none"))
                .orElse("none");
        return IgnoredOperations.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** How far the changes of a slot that may still stand are in the destination. */
    public SlotProgress progressOf(String slot) {
        return progress.getOrDefault(slot, SlotProgress.NONE);
    }

    /** Replays a pipe's entries, oldest first. */
    public static PipeState of(List<JournalEntry> entries) {
        int start = 0;
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).kind() == EntryKind.DROPPED) {
                start = i + 1;
            }
        }
        Replay replay = new Replay();
        entries.subList(start, entries.size()).forEach(replay::apply);
        return replay.state();
    }

    private static final class Replay {
        private PipeIdentity identity;
        private String run;
        private PipeStatus status;
        private PipeStatus lastingStatus;
        private Instant since;
        private String reason;
        private JsonNode settings;
        private String publication;
        private boolean ours;
        private JsonNode published;
        private Long publicationOid;
        private String newestSlot;
        private String liveSlot;
        private final Set<String> knownSlots = new LinkedHashSet<>();
        private LogSequenceNumber baseline;
        private final Map<String, SlotProgress> progress = new HashMap<>();
        private final Map<String, UUID> resyncTables = new LinkedHashMap<>();
        private final Map<String, JsonNode> structures = new LinkedHashMap<>();
        private final Map<String, Long> loadedRows = new LinkedHashMap<>();
        private final Map<String, JsonNode> resyncStructures = new LinkedHashMap<>();
        private final Map<String, LogSequenceNumber> tableStarts = new HashMap<>();
        private final Map<String, String> stoppedTables = new TreeMap<>();
        private PendingSwap pendingSwap;
        /** The tables are in place, and no status says yet how the pipe goes on with them. */
        private boolean swapEnded;

        private PauseRequest pauseRequest;
        private final Set<String> withdrawnPauses = new HashSet<>();
        private Approval approval;

        private Generations generations = Generations.NONE;
        private JsonNode statistics;
        private boolean any;

        void apply(JournalEntry entry) {
            any |= entry.kind() != EntryKind.PROBE;
            JsonNode data = entry.data();
            switch (entry.kind()) {
                case IDENTITY -> identify(PipeIdentity.fromJson(data));
                case SETTINGS -> settings = data;
                case STATUS -> {
                    if (withdrawnPauses.contains(data.path("request").asText())) {
                        return;
                    }
                    if (!data.hasNonNull("request")) {
                        pauseRequest = null;
                    }
                    approval = null;
                    run = entry.run();
                    status = PipeStatus.valueOf(data.get("status").asText());
                    lastingStatus = status.isTransitional() ? lastingStatus : status;
                    since = entry.time();
                    reason = data.hasNonNull("reason") ? data.get("reason").asText() : null;
                    if (swapEnded) {
                        pendingSwap = null;
                        swapEnded = false;
                    }
                    if (status == PipeStatus.RUNNING && newestSlot != null) {
                        liveSlot = newestSlot;
                    }
                }
                case SLOT_PLANNED -> {
                    String slot = data.get("slot").asText();
                    newestSlot = data.path("temporary").asBoolean() ? newestSlot : slot;
                    knownSlots.add(slot);
                    progress.remove(slot);
                }
                case SLOT_CREATED -> progress.put(slot(data), SlotProgress.NONE.created(lsn(data, "lsn")));
                case SLOT_DROPPED -> dropSlot(data.get("slot").asText());
                case PUBLICATION -> {
                    publication = data.get("publication").asText();
                    ours = data.get("ours").asBoolean();
                    publicationOid = data.hasNonNull("publicationOid")
                            ? Long.valueOf(data.get("publicationOid").asLong())
                            : null;
                }
                case PUBLISHED -> published = data;
                case BASELINE -> baseline = lsn(data, "lsn");
                case STATISTICS_CLEARED -> statistics = null;
                case RESYNC_TABLE ->
                    resyncTables.put(
                            data.get("table").asText(),
                            UUID.fromString(data.get("uuid").asText()));
                case STRUCTURE ->
                    (data.path("resync").asBoolean() ? resyncStructures : structures).put(entry.table(), data);
                case DESTINATION_TABLE ->
                    generations = generations.using(
                            entry.table(), UUID.fromString(data.get("uuid").asText()));
                case TABLE_REMOVED -> {
                    structures.remove(entry.table());
                    resyncStructures.remove(entry.table());
                    tableStarts.remove(entry.table());
                    stoppedTables.remove(entry.table());
                    generations = generations.withoutTable(entry.table());
                }
                case TABLE_STOPPED ->
                    stoppedTables.put(entry.table(), data.get("reason").asText());
                case PARTITIONS_DONE, PROBE -> {}
                case STATISTICS -> {
                    statistics = data;
                    rememberRows(data);
                }
                case SWAP_PLANNED -> {
                    pendingSwap = new PendingSwap(entry.run(), data, false);
                    swapEnded = false;
                }
                case SWAP_DIRECTION ->
                    pendingSwap = new PendingSwap(
                            pendingSwap.run(),
                            pendingSwap.plan(),
                            data.get("direction").asText().equals("back"));
                case SWAP_DONE -> {
                    if (pendingSwap != null && data.path("direction").asText().equals("forward")) {
                        swapped(pendingSwap);
                        swapEnded = true;
                    } else {
                        pendingSwap = null;
                    }
                    resyncTables.clear();
                }
                case PREVIOUS_DROPPED ->
                    generations = generations.without(data.get("generation").asText());
                case BATCH_PLANNED -> {
                    SlotProgress.PlannedBatch batch = new SlotProgress.PlannedBatch(
                            lsn(data, "from"),
                            lsn(data, "to"),
                            data.get("partSize").asInt());
                    progress.put(
                            slot(data),
                            progress.getOrDefault(slot(data), SlotProgress.NONE).planned(batch));
                }
                case CONFIRMED ->
                    progress.put(
                            slot(data),
                            progress.getOrDefault(slot(data), SlotProgress.NONE)
                                    .confirmed(
                                            lsn(data, "lsn"),
                                            Optional.ofNullable(data.get("upTo"))
                                                    .map(JsonNode::asText)
                                                    .map(Instant::parse),
                                            SlotProgress.AppliedCommit.of(data),
                                            data.path("first").asBoolean()));
                case APPROVAL_AWAITED ->
                    approval = new Approval(
                            entry.run(),
                            entry.time(),
                            Instant.parse(data.get("until").asText()),
                            Optional.empty());
                case APPROVAL_DECIDED -> decide(data);
                case PAUSE_REQUESTED -> {
                    if (status == PipeStatus.RUNNING) {
                        pauseRequest =
                                new PauseRequest(entry.run(), data.get("by").asText());
                        status = PipeStatus.PAUSING;
                        since = entry.time();
                        reason = pauseRequest.by() + " has asked for it; a running sync ends its batch first";
                    }
                }
                case PAUSE_WITHDRAWN -> {
                    String request = data.get("request").asText();
                    withdrawnPauses.add(request);
                    if (pauseRequest != null && pauseRequest.id().equals(request)) {
                        pauseRequest = null;
                        status = PipeStatus.RUNNING;
                        lastingStatus = status;
                        since = entry.time();
                        reason = null;
                    }
                }
                case DROPPED -> throw new IllegalStateException("entries before a drop do not count");
            }
        }

        private void identify(PipeIdentity now) {
            if (identity != null && !identity.source().isSameDatabase(now.source())) {
                knownSlots.clear();
                progress.clear();
                tableStarts.clear();
                liveSlot = null;
                newestSlot = null;
                publication = null;
                publicationOid = null;
                published = null;
                ours = false;
            }
            identity = now;
        }

        private void decide(JsonNode data) {
            if (approval != null
                    && approval.run().equals(data.get("run").asText())
                    && approval.decision().isEmpty()) {
                Decision decision = new Decision(
                        data.get("approved").asBoolean(), data.get("by").asText());
                approval = new Approval(approval.run(), approval.since(), approval.until(), Optional.of(decision));
            }
        }

        private void rememberRows(JsonNode data) {
            String last = data.path("status").asText();
            if (Set.of(PipeStatus.RUNNING.label(), PipeStatus.PAUSED.label(), PipeStatus.COMPLETED.label())
                    .contains(last)) {
                data.path("tables")
                        .forEach(table -> loadedRows.put(
                                table.path("target").asText(),
                                table.path("rows").asLong()));
            }
        }

        /** Entries of the first versions name no slot: theirs was the live one. */
        private String slot(JsonNode data) {
            return data.hasNonNull("slot") ? data.get("slot").asText() : Objects.requireNonNullElse(liveSlot, "");
        }

        private void swapped(PendingSwap swap) {
            JsonNode plan = swap.plan();
            generations = generations.after(swap.run(), plan);
            if (plan.path("kind").asText().equals("rollback")) {
                return;
            }
            for (JsonNode step : plan.path("steps")) {
                String table = step.get("table").asText();
                stoppedTables.remove(table);
                JsonNode structure = resyncStructures.remove(table);
                if (structure != null) {
                    structures.put(table, structure);
                }
                Optional<LogSequenceNumber> start = Stream.of(plan, structure)
                        .filter(data -> data != null && data.hasNonNull("startsAt"))
                        .map(data -> lsn(data, "startsAt"))
                        .max(Comparator.naturalOrder());
                start.ifPresentOrElse(lsn -> tableStarts.put(table, lsn), () -> tableStarts.remove(table));
            }
        }

        private void dropSlot(String slot) {
            knownSlots.remove(slot);
            progress.remove(slot);
            if (slot.equals(liveSlot)) {
                liveSlot = null;
            }
            if (slot.equals(newestSlot)) {
                newestSlot = null;
            }
        }

        private static LogSequenceNumber lsn(JsonNode data, String key) {
            return LogSequenceNumber.valueOf(data.get(key).asText());
        }

        PipeState state() {
            return new PipeState(
                    any && status != null,
                    Optional.ofNullable(identity),
                    Optional.ofNullable(run),
                    Optional.ofNullable(status),
                    Optional.ofNullable(lastingStatus),
                    Optional.ofNullable(since),
                    Optional.ofNullable(reason),
                    Optional.ofNullable(settings),
                    Optional.ofNullable(publication),
                    ours,
                    Optional.ofNullable(published),
                    Optional.ofNullable(publicationOid),
                    Optional.ofNullable(liveSlot),
                    Set.copyOf(knownSlots),
                    Optional.ofNullable(baseline),
                    Map.copyOf(progress),
                    Map.copyOf(resyncTables),
                    Map.copyOf(structures),
                    Stream.of(structures, resyncStructures)
                            .flatMap(map -> map.keySet().stream())
                            .collect(Collectors.toUnmodifiableSet()),
                    Map.copyOf(loadedRows),
                    Map.copyOf(tableStarts),
                    Map.copyOf(stoppedTables),
                    Optional.ofNullable(pendingSwap),
                    Optional.ofNullable(pauseRequest),
                    Optional.ofNullable(approval),
                    generations,
                    Optional.ofNullable(statistics));
        }
    }
}
