package io.jenkins.plugins.clickpipe.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SyncRecordTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void pausesDoubleWithEachFailureUpToAnHourAndEndWithASuccess() {
        SyncRecord record = SyncRecord.NONE.after(SyncOutcome.of(0, "", Optional.of(5L)), NOW);
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
        record = record.after(SyncOutcome.of(0, "", Optional.empty()), NOW.plus(MINUTE));
        assertThat(record.getFailures()).isZero();
        assertThat(record.getFailingSince()).isEmpty();
        assertThat(record.getMessage()).isEmpty();
        assertThat(record.getLagBytes()).contains(5L);
    }

    @Test
    void aPipeThatSomebodyElseWorksOnOrThatIsPausedHasNoError() {
        String held = "Pipe orders is being worked on by clickpipe@db. Only one process works on a pipe at a time";
        assertThat(SyncOutcome.of(1, held, Optional.empty()).kind()).isEqualTo(SyncOutcome.Kind.BUSY);
        String paused = "Pipe orders is paused; run resume first.";
        assertThat(SyncOutcome.of(1, paused, Optional.empty()).kind()).isEqualTo(SyncOutcome.Kind.WAITING);
        assertThat(SyncOutcome.of(130, "Stopped.", Optional.empty()).kind()).isEqualTo(SyncOutcome.Kind.STOPPED);
        SyncRecord record = failed(SyncRecord.NONE).after(SyncOutcome.of(1, held, Optional.empty()), NOW);
        assertThat(record.getFailures()).isEqualTo(1);
    }

    @Test
    void administratorsHearOfFailuresOfMuchWalAndOfPipesThatFallBehind() {
        SyncRecord well = SyncRecord.NONE.after(SyncOutcome.of(0, "", Optional.of(100L)), NOW);
        assertThat(SyncMonitor.sentence(SyncRecord.NONE, MINUTE, NOW)).isEmpty();
        assertThat(SyncMonitor.sentence(well, MINUTE, NOW.plus(MINUTE))).isEmpty();
        assertThat(SyncMonitor.sentence(failed(failed(well)), MINUTE, NOW)).isEmpty();
        assertThat(SyncMonitor.sentence(failed(failed(failed(well))), MINUTE, NOW))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("3 syncs failed. no"));
        SyncRecord far = well.after(SyncOutcome.of(0, "", Optional.of(5L << 30)), NOW);
        assertThat(SyncMonitor.sentence(far, MINUTE, NOW))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("5120 MB"));
        assertThat(SyncMonitor.sentence(well, MINUTE, NOW.plus(Duration.ofMinutes(16))))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("16 minutes"));
        SyncRecord paused =
                well.after(SyncOutcome.of(1, "Pipe orders is paused; run resume first.", Optional.empty()), NOW);
        assertThat(SyncMonitor.sentence(paused, MINUTE, NOW.plus(Duration.ofHours(5))))
                .isEmpty();
    }

    @Test
    void administratorsHearOfAPipeWhoseNodeIsAway() {
        SyncOutcome noNode = SyncOutcome.of(SyncOutcome.Kind.AWAY, "No node is connected.");
        SyncRecord away = SyncRecord.NONE.after(noNode, NOW).after(noNode, NOW.plus(MINUTE));
        assertThat(away.getFailures()).isZero();
        assertThat(SyncMonitor.sentence(away, MINUTE, NOW.plus(MINUTE))).isEmpty();
        assertThat(SyncMonitor.sentence(away, MINUTE, NOW.plus(Duration.ofMinutes(16))))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("16 minutes. No node is connected."));
    }

    private static SyncRecord failed(SyncRecord record) {
        return record.after(SyncOutcome.of(1, "no", Optional.empty()), NOW);
    }
}
