package io.jenkins.plugins.clickpipe.engine.resync;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.changes.WalEnd.Look;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

class LagMeterTest {
    private static final Instant START = Instant.parse("2026-03-14T02:00:00Z");

    private final LagMeter meter = new LagMeter(Optional.empty());

    @Test
    void nothingIsToldInSecondsBeforeAMomentIsKnown() {
        assertThat(meter.measure(look(100, 0), lsn(40), Optional.empty())).isEqualTo(new Lag(60, Optional.empty()));
    }

    @Test
    void whatIsLeftIsAsOldAsTheLastAppliedCommit() {
        assertThat(meter.measure(look(100, 30), lsn(40), Optional.of(second(10))))
                .isEqualTo(new Lag(60, Optional.of(20.0)));
    }

    @Test
    void whoHasCaughtUpHasNoLagThoughTheLastCommitIsOld() {
        assertThat(meter.measure(look(100, 3600), lsn(100), Optional.of(second(10))))
                .isEqualTo(new Lag(0, Optional.of(0.0)));
        assertThat(meter.upTo()).contains(second(3600));
    }

    @Test
    void onAnIdlePipeAnEarlierLookTellsTheMoment() {
        meter.see(look(100, 50));
        meter.see(look(120, 60));

        assertThat(meter.measure(look(130, 65), lsn(125), Optional.of(second(10))))
                .isEqualTo(new Lag(5, Optional.of(5.0)));
    }

    @Test
    void aTransactionThatWasAppliedAgainTakesNothingBack() {
        meter.measure(look(100, 50), lsn(100), Optional.empty());

        assertThat(meter.measure(look(200, 55), lsn(110), Optional.of(second(10))))
                .isEqualTo(new Lag(90, Optional.of(5.0)));
    }

    private static Look look(long walEnd, int second) {
        return new Look(lsn(walEnd), second(second));
    }

    private static Instant second(int second) {
        return START.plusSeconds(second);
    }

    private static LogSequenceNumber lsn(long value) {
        return LogSequenceNumber.valueOf(value);
    }
}
