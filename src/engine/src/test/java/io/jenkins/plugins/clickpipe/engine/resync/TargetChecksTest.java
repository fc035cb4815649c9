package io.jenkins.plugins.clickpipe.engine.resync;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.resync.Finding.Level;
import org.junit.jupiter.api.Test;

class TargetChecksTest {
    @Test
    void aDiskThatIsNearlyFullIsAFaultThatNamesBothNumbers() {
        Finding finding = TargetChecks.disk(10_000_000_000L, 1_000_000_000L);

        assertThat(finding.level()).isEqualTo(Level.FAULT);
        assertThat(finding.message())
                .contains("nearly full")
                .contains("5.0 GB needed")
                .contains("1.0 GB free");
    }

    @Test
    void aDiskWithRoomIsFine() {
        assertThat(TargetChecks.disk(10_000_000_000L, 5_000_000_001L).level()).isEqualTo(Level.OK);
    }

    @Test
    void aDatabaseWithSeveralReplicasWhereOnlyOneWouldHaveTheRowsIsAFault() {
        assertThat(TargetChecks.database("shop", "Replicated", 2).level()).isEqualTo(Level.FAULT);
        assertThat(TargetChecks.database("shop", "Replicated", 2).message())
                .contains("shop has 2 replicas")
                .contains("ENGINE = Atomic");
        assertThat(TargetChecks.database("shop", "Replicated", 1).level()).isEqualTo(Level.OK);
        assertThat(TargetChecks.database("shop", "Atomic", 1).level()).isEqualTo(Level.OK);
        assertThat(TargetChecks.database("shop", "Memory", 1).level()).isEqualTo(Level.FAULT);
    }

    @Test
    void versionsFrom238OnAreSupported() {
        assertThat(TargetChecks.isSupported("23.8.1.94")).isTrue();
        assertThat(TargetChecks.isSupported("26.7.2.1")).isTrue();
        assertThat(TargetChecks.isSupported("23.7.9.1")).isFalse();
        assertThat(TargetChecks.isSupported("22.12.1.1")).isFalse();
    }
}
