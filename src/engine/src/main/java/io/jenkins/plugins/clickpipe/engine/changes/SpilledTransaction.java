package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The messages of a transaction that has not ended yet, in their order: the last of them in memory, those before in a
 * file.
 */
final class SpilledTransaction implements AutoCloseable {
    /** There may be as many of these as the source has sessions. */
    private static final int MEMORY_BYTES = 64 << 10;

    private static final int READ_BYTES = 256 << 10;
    /** Length and transaction id in front of each message. */
    private static final int HEAD_BYTES = Integer.BYTES + Long.BYTES;

    private final SpillSpace space;
    private final Set<Long> aborted = new HashSet<>();
    private ByteBuffer memory = ByteBuffer.allocate(1024);
    private Optional<FileChannel> file = Optional.empty();

    SpilledTransaction(SpillSpace space) {
        this.space = requireNonNull(space);
    }

    /** Takes a message of the transaction. */
    interface Reader {
        /** @return whether to go on */
        boolean accept(ByteBuffer message);
    }

    /** @param xid of the subtransaction, or the transaction itself, that the message is of */
    void add(long xid, ByteBuffer message) {
        int length = message.remaining();
        if (memory.remaining() < HEAD_BYTES + length) {
            makeRoom(HEAD_BYTES + length);
        }
        memory.putInt(length).putLong(xid).put(message);
    }

    private void makeRoom(int bytes) {
        int needed = memory.position() + bytes;
        if (needed > MEMORY_BYTES && memory.position() > 0) {
            flush();
            needed = bytes;
        }
        if (needed > memory.capacity()) {
            int capacity = Math.max(needed, Math.min(MEMORY_BYTES, 2 * memory.capacity()));
            memory = ByteBuffer.allocate(capacity).put(memory.flip());
        }
    }

    private void flush() {
        memory.flip();
        space.claim(memory.remaining());
        if (file.isEmpty()) {
            file = Optional.of(space.open());
        }
        try {
            while (memory.hasRemaining()) {
                file.get().write(memory);
            }
        } catch (IOException e) {
            throw space.unusable(e);
        }
        memory = memory.capacity() > MEMORY_BYTES ? ByteBuffer.allocate(MEMORY_BYTES) : memory.clear();
    }

    /** A subtransaction was rolled back: its changes are not to be read. */
    void abort(long subXid) {
        aborted.add(subXid);
    }

    /** Reads, once, the messages of what was not rolled back. Descriptions of relations hold for all of the transaction. */
    void read(Reader reader) {
        try (DataInputStream in = new DataInputStream(stored())) {
            while (true) {
                int length;
                try {
                    length = in.readInt();
                } catch (EOFException end) {
                    return;
                }
                boolean skipped = aborted.contains(in.readLong());
                byte[] message = in.readNBytes(length);
                boolean describes = message[0] == 'R' || message[0] == 'Y';
                if ((!skipped || describes) && !reader.accept(ByteBuffer.wrap(message))) {
                    return;
                }
            }
        } catch (IOException e) {
            throw space.unusable(e);
        }
    }

    private InputStream stored() throws IOException {
        InputStream last = new ByteArrayInputStream(Arrays.copyOf(memory.array(), memory.position()));
        if (file.isEmpty()) {
            return last;
        }
        file.get().position(0);
        return new SequenceInputStream(new BufferedInputStream(Channels.newInputStream(file.get()), READ_BYTES), last);
    }

    @Override
    public void close() {
        if (file.isPresent()) {
            try {
                file.get().close();
            } catch (IOException e) {
                // Its content is not needed any more.
            }
        }
    }
}
