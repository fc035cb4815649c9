package io.jenkins.plugins.clickpipe.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HumanUnitsTest {
    @Test
    void digitsStandInGroupsOfThree() {
        assertThat(HumanUnits.count(0)).isEqualTo("0");
        assertThat(HumanUnits.count(999)).isEqualTo("999");
        assertThat(HumanUnits.count(1_234_567)).isEqualTo("1 234 567");
        assertThat(HumanUnits.count(1, "row")).isEqualTo("1 row");
        assertThat(HumanUnits.count(2000, "row")).isEqualTo("2 000 rows");
    }

    @Test
    void sizesHaveOneDecimalAndNeverReadAsAThousandOfAUnit() {
        assertThat(HumanUnits.bytes(0)).isEqualTo("0 B");
        assertThat(HumanUnits.bytes(999)).isEqualTo("999 B");
        assertThat(HumanUnits.bytes(1000)).isEqualTo("1.0 kB");
        assertThat(HumanUnits.bytes(12_345_678)).isEqualTo("12.3 MB");
        assertThat(HumanUnits.bytes(999_960)).isEqualTo("1.0 MB");
        assertThat(HumanUnits.bytes(Long.MAX_VALUE)).isEqualTo("9.2 EB");
    }

    @Test
    void durationsShowTheirTwoLargestUnits() {
        assertThat(HumanUnits.duration(Duration.ofMillis(850))).isEqualTo("850 ms");
        assertThat(HumanUnits.duration(Duration.ofMillis(4200))).isEqualTo("4.2 s");
        assertThat(HumanUnits.duration(Duration.ofMillis(9_960))).isEqualTo("10 s");
        assertThat(HumanUnits.duration(Duration.ofMillis(59_700))).isEqualTo("1 min 00 s");
        assertThat(HumanUnits.duration(Duration.ofSeconds(372))).isEqualTo("6 min 12 s");
        assertThat(HumanUnits.duration(Duration.ofMinutes(124))).isEqualTo("2 h 04 min");
        assertThat(HumanUnits.duration(Duration.ofHours(76))).isEqualTo("3 d 4 h");
        assertThat(HumanUnits.duration(Duration.ofSeconds(-5))).isEqualTo("0 ms");
    }

    @Test
    void slowRatesKeepADecimal() {
        assertThat(HumanUnits.rate(0)).isEqualTo("0");
        assertThat(HumanUnits.rate(0.25)).isEqualTo("0.3");
        assertThat(HumanUnits.rate(182_300.4)).isEqualTo("182 300");
    }
}
