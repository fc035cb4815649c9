package io.jenkins.plugins.clickpipe.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

class PipeStateTest {
    private final List<JournalEntry> entries = new ArrayList<>();

    private void add(String run, EntryKind kind, JsonNode data) {
        entries.add(new JournalEntry("shop", run, entries.size() + 1, Instant.EPOCH, kind, "", data));
    }

    private void add(EntryKind kind, String key, String value) {
        add("run1", kind, Journal.object().put(key, value));
    }

    private PipeState state() {
        return PipeState.of(entries);
    }

    @Test
    void anEmptyJournalKnowsNoPipe() {
        assertThat(state().exists()).isFalse();
        assertThat(state().knownSlots()).isEmpty();
    }

    @Test
    void aSlotIsKnownFromItsPlanAndLiveWhenThePipeRuns() {
        add(EntryKind.STATUS, "status", "SETUP");
        add(EntryKind.SLOT_PLANNED, "slot", "s1");
        assertThat(state().knownSlots()).containsExactly("s1");
        assertThat(state().liveSlot()).isEmpty();

        add(EntryKind.STATUS, "status", "RUNNING");
        assertThat(state().liveSlot()).contains("s1");

        add(EntryKind.SLOT_DROPPED, "slot", "s1");
        assertThat(state().knownSlots()).isEmpty();
        assertThat(state().liveSlot()).isEmpty();
    }

    @Test
    void theRowsOfALoadCountOnceItIsSwappedIn() {
        add("run1", EntryKind.STATISTICS, statistics("Running", 1000));
        add("run2", EntryKind.STATISTICS_CLEARED, Journal.object());
        add("run2", EntryKind.STATISTICS, statistics("Failed", 3));

        assertThat(state().loadedRows()).isEqualTo(Map.of("orders", 1000L));

        add("run3", EntryKind.STATISTICS, statistics("Completed", 7));
        assertThat(state().loadedRows()).isEqualTo(Map.of("orders", 7L));
    }

    @Test
    void aRequestToPauseMakesARunningPipePausingUntilItIsAnswered() {
        add(EntryKind.STATUS, "status", "RUNNING");
        add("ask", EntryKind.PAUSE_REQUESTED, Journal.object().put("by", "ann"));
        assertThat(state().status()).contains(PipeStatus.PAUSING);
        assertThat(state().lastingStatus()).contains(PipeStatus.RUNNING);
        assertThat(state().reason()).hasValueSatisfying(why -> assertThat(why).contains("ann"));

        add("run1", EntryKind.STATUS, Journal.object().put("status", "PAUSED").put("request", "ask"));
        assertThat(state().status()).contains(PipeStatus.PAUSED);
        assertThat(state().pauseRequest())
                .hasValueSatisfying(request -> assertThat(request.by()).isEqualTo("ann"));
    }

    @Test
    void aRequestToPauseAPipeThatIsNotRunningChangesNothing() {
        add(EntryKind.STATUS, "status", "SNAPSHOT");
        add("ask", EntryKind.PAUSE_REQUESTED, Journal.object().put("by", "ann"));

        assertThat(state().status()).contains(PipeStatus.SNAPSHOT);
    }

    /** The one that withdraws it and the sync that answers it do not wait for each other. */
    @Test
    void aWithdrawnPauseCountsNoMoreThoughTheSyncAnswersItAtTheSameTime() {
        add(EntryKind.STATUS, "status", "RUNNING");
        add("ask", EntryKind.PAUSE_REQUESTED, Journal.object().put("by", "ann"));
        JsonNode withdrawal = Journal.object().put("request", "ask");
        JsonNode answer = Journal.object().put("status", "PAUSED").put("request", "ask");

        add("resume", EntryKind.PAUSE_WITHDRAWN, withdrawal);
        assertThat(state().status()).contains(PipeStatus.RUNNING);
        add("run1", EntryKind.STATUS, answer);
        assertThat(state().status()).contains(PipeStatus.RUNNING);

        entries.subList(2, 4).clear();
        add("run1", EntryKind.STATUS, answer);
        add("resume", EntryKind.PAUSE_WITHDRAWN, withdrawal);
        assertThat(state().status()).contains(PipeStatus.RUNNING);
        assertThat(state().lastingStatus()).contains(PipeStatus.RUNNING);
    }

    @Test
    void theFirstDecisionAboutTheWaitingRunCounts() {
        add(EntryKind.STATUS, "status", "SNAPSHOT");
        add("run1", EntryKind.APPROVAL_AWAITED, Journal.object().put("until", "2026-03-14T02:00:00Z"));
        decide("run0", true, "somebody of an older run");
        assertThat(state().approval().flatMap(PipeState.Approval::decision)).isEmpty();

        decide("run1", false, "ann");
        decide("run1", true, "bob");
        assertThat(state().approval().flatMap(PipeState.Approval::decision))
                .contains(new PipeState.Decision(false, "ann"));

        add(EntryKind.STATUS, "status", "FAILED");
        assertThat(state().approval()).isEmpty();
    }

    private void decide(String run, boolean approved, String by) {
        add(
                "another",
                EntryKind.APPROVAL_DECIDED,
                Journal.object().put("run", run).put("approved", approved).put("by", by));
    }

    private static JsonNode statistics(String status, long rows) {
        ObjectNode statistics = Journal.object().put("status", status);
        statistics.putArray("tables").addObject().put("target", "orders").put("rows", rows);
        return statistics;
    }

    @Test
    void theReasonBelongsToTheNewestStatus() {
        add("run1", EntryKind.STATUS, Journal.object().put("status", "FAILED").put("reason", "no disk"));
        assertThat(state().reason()).contains("no disk");

        add(EntryKind.STATUS, "status", "SETUP");
        assertThat(state().reason()).isEmpty();
    }

    @Test
    void aPlannedSwapIsPendingUntilItIsDoneAndRemembersThatItGoesBack() {
        add("run1", EntryKind.SWAP_PLANNED, Journal.object());
        assertThat(state().pendingSwap())
                .hasValueSatisfying(swap -> assertThat(swap.back()).isFalse());

        add(EntryKind.SWAP_DIRECTION, "direction", "back");
        assertThat(state().pendingSwap())
                .hasValueSatisfying(swap -> assertThat(swap.back()).isTrue());

        add(EntryKind.SWAP_DONE, "direction", "back");
        assertThat(state().pendingSwap()).isEmpty();
    }

    /** Whoever finds it so has to say how the pipe goes on: from its new slot. */
    @Test
    void aSwapThatWentForwardIsPendingUntilAStatusFollowsIt() {
        add("run1", EntryKind.SWAP_PLANNED, Journal.object());
        add(EntryKind.STATUS, "status", "FAILED");
        assertThat(state().pendingSwap()).as("a fault before its end").isPresent();

        add(EntryKind.SWAP_DONE, "direction", "forward");
        assertThat(state().pendingSwap()).isPresent();

        add(EntryKind.STATUS, "status", "RUNNING");
        assertThat(state().pendingSwap()).isEmpty();
    }

    @Test
    void resyncTablesAreOursUntilTheyAreSwappedIn() {
        UUID uuid = UUID.randomUUID();
        add(
                "run1",
                EntryKind.RESYNC_TABLE,
                Journal.object().put("table", "orders_resync").put("uuid", uuid.toString()));
        assertThat(state().resyncTables()).containsEntry("orders_resync", uuid);

        add(EntryKind.SWAP_DONE, "direction", "forward");
        assertThat(state().resyncTables()).isEmpty();
    }

    @Test
    void aPlannedBatchIsPendingUntilItsEndIsConfirmed() {
        add("run1", EntryKind.BATCH_PLANNED, batch("s1"));
        // 0/20 is where the last commit record begins: only a position behind it says that it is applied.
        confirm("s1", "0/20");
        assertThat(state().progressOf("s1").planned()).isPresent();

        confirm("s1", "0/28");
        assertThat(state().progressOf("s1").planned()).isEmpty();
        assertThat(state().progressOf("s1").confirmed()).contains(LogSequenceNumber.valueOf("0/28"));
    }

    @Test
    void eachSlotHasItsOwnBatchAndPosition() {
        add("run1", EntryKind.BATCH_PLANNED, batch("old"));
        confirm("new", "0/99");

        assertThat(state().progressOf("old").planned()).isPresent();
        assertThat(state().progressOf("old").confirmed()).isEmpty();
        assertThat(state().progressOf("new").confirmed()).contains(LogSequenceNumber.valueOf("0/99"));
    }

    @Test
    void thePositionOfASlotHasItsTimeWhichOldEntriesDoNotTell() {
        confirm("s1", "0/28");
        assertThat(state().progressOf("s1").upTo()).isEmpty();

        add(
                "run1",
                EntryKind.CONFIRMED,
                Journal.object().put("slot", "s1").put("lsn", "0/30").put("upTo", "2026-03-14T02:00:00.250Z"));
        add("run1", EntryKind.BATCH_PLANNED, batch("s1"));
        assertThat(state().progressOf("s1").upTo()).contains(Instant.parse("2026-03-14T02:00:00.250Z"));
    }

    @Test
    void entriesThatNameNoSlotBelongToTheLiveOne() {
        add(EntryKind.SLOT_PLANNED, "slot", "s1");
        add(EntryKind.STATUS, "status", "RUNNING");
        add(EntryKind.CONFIRMED, "lsn", "0/28");

        assertThat(state().progressOf("s1").confirmed()).contains(LogSequenceNumber.valueOf("0/28"));
    }

    private static JsonNode batch(String slot) {
        return Journal.object()
                .put("slot", slot)
                .put("from", "0/10")
                .put("to", "0/20")
                .put("partSize", 5);
    }

    private void confirm(String slot, String lsn) {
        add("run1", EntryKind.CONFIRMED, Journal.object().put("slot", slot).put("lsn", lsn));
    }

    @Test
    void aSlotMadeAgainUnderTheSameNameForgetsItsPositions() {
        confirm("s1", "0/99");
        add(EntryKind.SLOT_PLANNED, "slot", "s1");

        assertThat(state().progressOf("s1").confirmed()).isEmpty();
    }

    @Test
    void clearedStatisticsAreGone() {
        add("run1", EntryKind.STATISTICS, Journal.object().put("pipe", "shop"));
        add("run2", EntryKind.STATISTICS_CLEARED, Journal.object());

        assertThat(state().statistics()).isEmpty();
    }

    @Test
    void nothingBeforeADropCounts() {
        add(EntryKind.STATUS, "status", "RUNNING");
        add("run1", EntryKind.DROPPED, Journal.object());

        assertThat(state().exists()).isFalse();
    }
}
