package io.jenkins.plugins.clickpipe.engine.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CopyDataStreamTest {
    private static final int LONG = 3 * CopyDataStream.PIECE_BYTES + 17;

    private final ByteArrayOutputStream server = new ByteArrayOutputStream();
    private final StringBuilder rows = new StringBuilder();

    private record Message(char type, byte[] body) {}

    @Test
    void shortRowsBecomeFewMessagesOfWholeRows() {
        send('R', "login");
        for (int i = 0; i < 10_000; i++) {
            row("row " + i);
        }
        send('c', "");
        send('C', "COPY 10000");

        List<Message> received = receive(new ByteArrayInputStream(server.toByteArray()));

        assertThat(copied(received)).isEqualTo(rows.toString());
        assertThat(received).hasSizeLessThan(20);
        assertThat(types(received)).startsWith("Rd").endsWith("dcC");
        assertThat(received).filteredOn(m -> m.type() == 'd').allSatisfy(m -> {
            assertThat(m.body()).hasSizeLessThanOrEqualTo(CopyDataStream.PIECE_BYTES);
            assertThat(m.body()[m.body().length - 1]).isEqualTo((byte) '\n');
        });
    }

    @Test
    void aLongRowBecomesPiecesOfItsOwn() {
        send('R', "login");
        row("before");
        row("x".repeat(LONG));
        row("after");
        send('C', "COPY 3");

        List<Message> received = receive(new ByteArrayInputStream(server.toByteArray()));

        assertThat(copied(received)).isEqualTo(rows.toString());
        assertThat(received).allSatisfy(m -> assertThat(m.body()).hasSizeLessThanOrEqualTo(CopyDataStream.PIECE_BYTES));
        assertThat(new String(received.get(1).body(), StandardCharsets.UTF_8)).isEqualTo("before\n");
        assertThat(new String(received.get(received.size() - 2).body(), StandardCharsets.UTF_8))
                .isEqualTo("after\n");
    }

    @Test
    void itDoesNotMatterHowTheNetworkCutsTheBytes() {
        Random random = new Random(7);
        send('R', "login");
        for (int i = 0; i < 300; i++) {
            row("y".repeat(random.nextInt(i % 50 == 0 ? LONG : 2_000)));
            if (i % 40 == 0) {
                send('N', "a notice of the server in between");
            }
        }
        send('C', "COPY 300");

        for (int most : new int[] {1, 7, 4096, 70_000}) {
            List<Message> received = receive(new Trickle(server.toByteArray(), most, random));

            assertThat(copied(received)).isEqualTo(rows.toString());
            assertThat(received).filteredOn(m -> m.type() == 'N').hasSize(8);
        }
    }

    @Test
    void whatComesBeforeTheFirstMessageAndEncryptedBytesPassUntouched() throws IOException {
        byte[] refused = "N".getBytes(StandardCharsets.US_ASCII);
        send('R', "login");
        row("z");
        byte[] plain = server.toByteArray();
        server.reset();
        server.writeBytes(refused);
        server.writeBytes(plain);

        InputStream stream = new CopyDataStream(new ByteArrayInputStream(server.toByteArray()));
        assertThat(stream.read()).isEqualTo('N');
        assertThat(stream.readAllBytes()).isEqualTo(plain);

        byte[] encrypted = new byte[500_000];
        new Random(3).nextBytes(encrypted);
        encrypted[0] = 'S';
        assertThat(new CopyDataStream(new Trickle(encrypted, 9_000, new Random(1))).readAllBytes())
                .isEqualTo(encrypted);
    }

    @Test
    void aConnectionThatEndsInsideARowIsAFault() {
        send('R', "login");
        row("x".repeat(LONG));
        byte[] cut = server.toByteArray();

        for (int length : new int[] {40, cut.length - 1}) {
            InputStream stream = new CopyDataStream(new ByteArrayInputStream(cut, 0, length));
            assertThatThrownBy(stream::readAllBytes).isInstanceOf(EOFException.class);
        }
    }

    private void row(String text) {
        rows.append(text).append('\n');
        send('d', text + "\n");
    }

    private void send(char type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (DataOutputStream out = new DataOutputStream(server)) {
            out.writeByte(type);
            out.writeInt(bytes.length + 4);
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Message> receive(InputStream network) {
        try (DataInputStream in = new DataInputStream(new CopyDataStream(network))) {
            List<Message> messages = new ArrayList<>();
            for (int type = in.read(); type >= 0; type = in.read()) {
                byte[] body = new byte[in.readInt() - 4];
                in.readFully(body);
                messages.add(new Message((char) type, body));
            }
            return messages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String copied(List<Message> messages) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        messages.stream().filter(m -> m.type() == 'd').forEach(m -> bytes.writeBytes(m.body()));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String types(List<Message> messages) {
        StringBuilder types = new StringBuilder();
        messages.forEach(m -> types.append(m.type()));
        return types.toString();
    }

    /** Gives at most so many bytes at a time. */
    private static final class Trickle extends InputStream {
        private final ByteArrayInputStream bytes;
        private final int most;
        private final Random random;

        Trickle(byte[] bytes, int most, Random random) {
            this.bytes = new ByteArrayInputStream(bytes);
            this.most = most;
            this.random = random;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return bytes.read(target, offset, Math.min(length, 1 + random.nextInt(most)));
        }
    }
}
