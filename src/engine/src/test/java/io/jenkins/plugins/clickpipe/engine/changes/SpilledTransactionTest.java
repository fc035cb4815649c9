package io.jenkins.plugins.clickpipe.engine.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpilledTransactionTest {
    @TempDir
    private Path directory;

    @Test
    void messagesAreReadInTheirOrderWhateverTheirLength() {
        try (SpilledTransaction transaction = new SpilledTransaction(new SpillSpace(directory, 0))) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                String message = "I" + i + "x".repeat(i % 500 == 0 ? 200_000 : i % 300);
                add(transaction, 7, message);
                expected.add(message);
            }

            assertThat(read(transaction)).isEqualTo(expected);
        }
    }

    @Test
    void whatWasRolledBackIsLeftOutButDescriptionsOfRelationsHold() {
        try (SpilledTransaction transaction = new SpilledTransaction(new SpillSpace(directory, 0))) {
            add(transaction, 7, "I1");
            add(transaction, 8, "R2");
            add(transaction, 8, "I3");
            transaction.abort(8);
            add(transaction, 9, "I4");

            assertThat(read(transaction)).containsExactly("I1", "R2", "I4");
        }
    }

    @Test
    void readingEndsWhenItsReaderHasEnough() {
        try (SpilledTransaction transaction = new SpilledTransaction(new SpillSpace(directory, 0))) {
            add(transaction, 7, "I1");
            add(transaction, 7, "I2");
            List<String> read = new ArrayList<>();
            transaction.read(message -> !read.add(text(message)));

            assertThat(read).containsExactly("I1");
        }
    }

    @Test
    void itsFileHasNoNameAndASmallTransactionNoFile() throws IOException {
        SpillSpace space = new SpillSpace(directory, Long.MAX_VALUE);
        try (SpilledTransaction small = new SpilledTransaction(space);
                SpilledTransaction large = new SpilledTransaction(new SpillSpace(directory, 0))) {
            add(small, 7, "I".repeat(60_000));
            assertThat(read(small)).hasSize(1);
            add(large, 7, "I".repeat(100_000));
            add(large, 7, "I".repeat(100_000));
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files).isEmpty();
            }

            assertThatThrownBy(() -> add(small, 7, "I".repeat(60_000)))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("The disk of " + directory);
        }
    }

    private static void add(SpilledTransaction transaction, long xid, String message) {
        transaction.add(xid, ByteBuffer.wrap(message.getBytes(StandardCharsets.US_ASCII)));
    }

    private static List<String> read(SpilledTransaction transaction) {
        List<String> messages = new ArrayList<>();
        transaction.read(message -> messages.add(text(message)));
        return messages;
    }

    private static String text(ByteBuffer message) {
        return StandardCharsets.US_ASCII.decode(message).toString();
    }
}
