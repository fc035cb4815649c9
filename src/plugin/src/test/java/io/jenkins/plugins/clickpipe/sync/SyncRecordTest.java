package io.jenkins.plugins.clickpipe.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import io.jenkins.plugins.clickpipe.status.PipeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SyncRecordTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void pausesDoubleWithEachFailureUpToAnHourAndEndWithASuccess() {
        SyncRecord record = SyncRecord.NONE.after(outcome(0, "", 5L), NOW);
        assertThat(record.due(MINUTE)).isEqualTo(NOW.plus(MINUTE));
        record = failed(record);
        assertThat(record.due(MINUTE)).isEqualTo(NOW.plus(MINUTE.multipliedBy(2)));
        record = failed(failed(record));
        assertThat(record.due(MINUTE)).isEqualTo(NOW.plus(MINUTE.multipliedBy(8)));
        for (int i = 0; i < 100; i++) {
            record = failed(record);
        }
        assertThat(record.due(MINUTE)).isEqualTo(NOW.plus(Duration.ofHours(1)));
        assertThat(record.due(Duration.ofHours(6)))
                .as("a longer interval stays")
                .isEqualTo(NOW.plus(Duration.ofHours(6)));
        assertThat(record.getMessage()).isEqualTo("no");
        assertThat(record.getFailingSince()).contains(NOW);
        record = record.after(outcome(0, ""), NOW.plus(MINUTE));
        assertThat(record.getFailures()).isZero();
        assertThat(record.getFailingSince()).isEmpty();
        assertThat(record.getMessage()).isEmpty();
        assertThat(record.getLagBytes()).contains(5L);
    }

    @Test
    void aPipeThatSomebodyElseWorksOnOrThatIsPausedHasNoError() {
        String held = "Pipe orders is being worked on by clickpipe@db. Only one process works on a pipe at a time";
        assertThat(outcome(1, held).kind()).isEqualTo(SyncOutcome.Kind.BUSY);
        String paused = "Pipe orders is paused; run resume first.";
        assertThat(outcome(1, paused).kind()).isEqualTo(SyncOutcome.Kind.WAITING);
        assertThat(outcome(130, "Stopped.").kind()).isEqualTo(SyncOutcome.Kind.STOPPED);
        SyncRecord record = failed(SyncRecord.NONE).after(outcome(1, held), NOW);
        assertThat(record.getFailures()).isEqualTo(1);
    }

    @Test
    void administratorsHearOfFailuresAndOfPipesThatFallBehind() {
        SyncRecord well = SyncRecord.NONE.after(outcome(0, ""), NOW);
        assertThat(sentence(SyncRecord.NONE, NOW)).isEmpty();
        assertThat(sentence(well, NOW.plus(MINUTE))).isEmpty();
        assertThat(sentence(failed(failed(well)), NOW)).isEmpty();
        assertThat(sentence(failed(failed(failed(well))), NOW)).contains("3 syncs failed. no", "Resync");
        assertThat(sentence(well, NOW.plus(Duration.ofMinutes(16)))).contains("16 minutes", "Metrics");
        SyncRecord paused = well.after(outcome(1, "Pipe orders is paused; run resume first."), NOW);
        assertThat(sentence(paused, NOW.plus(Duration.ofHours(5)))).isEmpty();
    }

    @Test
    void administratorsHearOfAPipeWhoseNodeIsAway() {
        SyncOutcome noNode = SyncOutcome.of(SyncOutcome.Kind.AWAY, "No node is connected.");
        SyncRecord away = SyncRecord.NONE.after(noNode, NOW).after(noNode, NOW.plus(MINUTE));
        assertThat(away.getFailures()).isZero();
        assertThat(sentence(away, NOW.plus(MINUTE))).isEmpty();
        assertThat(sentence(away, NOW.plus(Duration.ofMinutes(16)))).contains("16 minutes. No node is connected.");
    }

    private static String sentence(SyncRecord record, Instant now) {
        return new Diagnosis(now, Duration.ofMinutes(15), 1 << 30)
                .ofSyncs(PipeId.configured("orders"), record, MINUTE)
                .map(trouble -> trouble.getSentence() + " " + trouble.getHelp())
                .orElse("");
    }

    private static SyncRecord failed(SyncRecord record) {
        return record.after(outcome(1, "no"), NOW);
    }

    private static SyncOutcome outcome(int exitCode, String message) {
        return SyncOutcome.of(exitCode, message, "", JsonObject.EMPTY);
    }

    private static SyncOutcome outcome(int exitCode, String message, long lagBytes) {
        return SyncOutcome.of(exitCode, message, "", JsonObject.of(Map.of("lagBytes", lagBytes)));
    }
}
