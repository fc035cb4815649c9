package io.jenkins.plugins.clickpipe.engine.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RowBufferTest {
    @Test
    void itGrowsAsNeededAndKeepsWhatItHolds() throws IOException {
        RowBuffer buffer = new RowBuffer(1);
        for (int i = 0; i < 1000; i++) {
            buffer.append(new byte[] {1, 2, 3}, 1, 3);
            buffer.append((byte) i);
        }

        ByteArrayOutputStream written = new ByteArrayOutputStream();
        buffer.writeTo(written);

        assertThat(written.toByteArray())
                .hasSize(3000)
                .startsWith(2, 3, 0, 2, 3, 1)
                .endsWith(2, 3, 999 & 0xff);
    }

    @Test
    void itForgetsWhatIsCutOff() {
        RowBuffer buffer = new RowBuffer();
        buffer.append(new byte[] {'a', 'b', 'c'});

        buffer.truncate(1);
        buffer.append('d');

        assertThat(buffer).hasToString("ad");
        assertThatThrownBy(() -> buffer.truncate(3)).isInstanceOf(IndexOutOfBoundsException.class);
        buffer.clear();
        assertThat(buffer.length()).isZero();
    }
}
