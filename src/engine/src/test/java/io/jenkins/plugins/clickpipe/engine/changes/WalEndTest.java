package io.jenkins.plugins.clickpipe.engine.changes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

class WalEndTest {
    @Test
    void aPositionRightBehindAPageHeaderIsThePagesStart() {
        assertThat(end("1/00002018")).isEqualTo("1/2000");
        assertThat(end("1/01000028")).isEqualTo("1/1000000");
    }

    @Test
    void aPositionWithinAPageStays() {
        assertThat(end("1/00002030")).isEqualTo("1/2030");
        assertThat(end("1/00003FF8")).isEqualTo("1/3FF8");
    }

    @Test
    void positionsAreUnsigned() {
        assertThat(end("FFFFFFFF/FF002018")).isEqualTo("FFFFFFFF/FF002000");
    }

    private static String end(String insert) {
        return WalEnd.withoutPageHeader(LogSequenceNumber.valueOf(insert), 8192).asString();
    }
}
