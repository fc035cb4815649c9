package io.jenkins.plugins.clickpipe.engine.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.changes.ReplicationStream.Protocol;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProtocolTest {
    @Test
    void eachServerIsSpokenToInTheNewestProtocolThatItKnows() {
        assertThat(Protocol.of(12)).isEqualTo(new Protocol(1, Optional.empty()));
        assertThat(Protocol.of(13)).isEqualTo(new Protocol(1, Optional.empty()));
        assertThat(Protocol.of(14)).isEqualTo(new Protocol(2, Optional.of("on")));
        assertThat(Protocol.of(15)).isEqualTo(new Protocol(3, Optional.of("on")));
        assertThat(Protocol.of(16)).isEqualTo(new Protocol(4, Optional.of("parallel")));
        assertThat(Protocol.of(19)).isEqualTo(new Protocol(4, Optional.of("parallel")));
    }
}
