package io.jenkins.plugins.clickpipe.engine.resync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RunIdTest {
    private static Clock at(String time) {
        return Clock.fixed(Instant.parse(time), ZoneOffset.UTC);
    }

    @Test
    void idsSortByTimeAndDifferWithinASecond() {
        String first = RunId.next(at("2026-11-23T10:00:00Z"));
        String later = RunId.next(at("2026-11-23T10:00:01Z"));

        assertThat(first).matches("[0-9a-z]{10}").isLessThan(later);
        assertThat(Stream.generate(() -> RunId.next(at("2026-11-23T10:00:00Z")))
                        .limit(20)
                        .distinct())
                .hasSizeGreaterThan(15);
    }

    @Test
    void slotNamesHoldOnlyWhatPostgresAllows() {
        assertThat(RunId.slotName("Shop-EU", "abcdefghij")).isEqualTo("clickpipe_shop_eu_abcdefghij");
        assertThat(RunId.slotName("a".repeat(50), "abcdefghij"))
                .hasSize(63)
                .matches("[a-z0-9_]+")
                .endsWith("_abcdefghij");
    }
}
