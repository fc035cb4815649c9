package io.jenkins.plugins.clickpipe.engine.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * What PostgreSQL sends, with the rows of a COPY cut anew. The server makes one CopyData message of each row, however
 * short or long, and the driver one array of each message. Here many short rows become one message of at most
 * {@value #PIECE_BYTES} bytes, and a longer row several, so that no row needs an array of its own size. A message then
 * holds either whole rows, or a part of one row and nothing else. All other messages pass untouched (PostgreSQL
 * documentation, 54.7 Message Formats).
 *
 * <p>Not for replication sessions, where a CopyData message is more than its bytes.
 */
final class CopyDataStream extends InputStream {
    static final int PIECE_BYTES = 64 << 10;

    /** A type and a length, which counts itself but not the type. */
    private static final int HEADER = 5;

    private static final int LENGTH = 4;
    private static final int TLS_ALERT = 0x15;
    private static final int TLS_HANDSHAKE = 0x16;

    private final InputStream in;
    private final byte[] raw = new byte[2 * (HEADER + PIECE_BYTES)];
    private final byte[] piece = new byte[HEADER + PIECE_BYTES];
    private int rawFrom;
    private int rawTo;
    private int pieceFrom;
    private int pieceTo;
    private boolean started;
    private boolean encrypted;
    private long untouchedLeft;
    private int longRowLeft;

    /** @param in from the first byte that the server sends on a connection, or inside its encryption */
    CopyDataStream(InputStream in) {
        this.in = Objects.requireNonNull(in);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        while (true) {
            if (pieceFrom < pieceTo) {
                int count = Math.min(length, pieceTo - pieceFrom);
                System.arraycopy(piece, pieceFrom, target, offset, count);
                pieceFrom += count;
                return count;
            }
            if (encrypted) {
                return untouched(target, offset, length);
            }
            if (untouchedLeft > 0) {
                int count = untouched(target, offset, (int) Math.min(length, untouchedLeft));
                untouchedLeft -= Math.max(0, count);
                return count;
            }
            if (!next()) {
                return -1;
            }
        }
    }

    private int untouched(byte[] target, int offset, int length) throws IOException {
        if (rawFrom == rawTo) {
            return in.read(target, offset, length);
        }
        int count = Math.min(length, rawTo - rawFrom);
        System.arraycopy(raw, rawFrom, target, offset, count);
        rawFrom += count;
        return count;
    }

    /** Finds out what comes next; false at the end. */
    private boolean next() throws IOException {
        if (longRowLeft > 0) {
            longRow();
            return true;
        }
        if (!has(1)) {
            return false;
        }
        if (!started && isEncryptionAnswer(raw[rawFrom])) {
            return true;
        }
        started = true;
        if (!has(HEADER)) {
            return false;
        }
        if (raw[rawFrom] != 'd') {
            untouchedLeft = 1L + lengthAt(rawFrom);
        } else if (lengthAt(rawFrom) - LENGTH > PIECE_BYTES) {
            longRowLeft = lengthAt(rawFrom) - LENGTH;
            rawFrom += HEADER;
            longRow();
        } else {
            shortRows();
        }
        return true;
    }

    /**
     * Before its first message the server answers requests for encryption with a letter: N for no, S or G for yes;
     * with TLS from the first byte on, it begins with a TLS record.
     */
    private boolean isEncryptionAnswer(byte first) {
        encrypted = first == 'S' || first == 'G' || first == TLS_HANDSHAKE || first == TLS_ALERT;
        if (first == 'N') {
            untouchedLeft = 1;
        }
        return encrypted || first == 'N';
    }

    /** As many whole rows as have arrived and fit, but at least one. */
    private void shortRows() throws IOException {
        if (!has(1 + lengthAt(rawFrom))) {
            throw new EOFException("The connection ended inside a row.");
        }
        pieceTo = HEADER;
        while (rawTo - rawFrom >= HEADER && raw[rawFrom] == 'd') {
            int body = lengthAt(rawFrom) - LENGTH;
            if (body > piece.length - pieceTo || body > rawTo - rawFrom - HEADER) {
                break;
            }
            System.arraycopy(raw, rawFrom + HEADER, piece, pieceTo, body);
            pieceTo += body;
            rawFrom += HEADER + body;
        }
        begin();
    }

    private void longRow() throws IOException {
        int count = untouched(piece, HEADER, Math.min(longRowLeft, PIECE_BYTES));
        if (count < 0) {
            throw new EOFException("The connection ended inside a row.");
        }
        longRowLeft -= count;
        pieceTo = HEADER + count;
        begin();
    }

    private void begin() {
        int length = pieceTo - 1;
        piece[0] = 'd';
        for (int i = 1; i < HEADER; i++) {
            piece[i] = (byte) (length >>> (8 * (HEADER - 1 - i)));
        }
        pieceFrom = 0;
    }

    private int lengthAt(int header) throws IOException {
        int length = 0;
        for (int i = 1; i < HEADER; i++) {
            length = length << 8 | raw[header + i] & 0xFF;
        }
        if (length < LENGTH) {
            throw new IOException("PostgreSQL sent a message of the length " + length + ".");
        }
        return length;
    }

    /** Waits for so many bytes at {@code rawFrom}; false when the connection ends before. */
    private boolean has(int count) throws IOException {
        if (raw.length - rawFrom < count) {
            System.arraycopy(raw, rawFrom, raw, 0, rawTo - rawFrom);
            rawTo -= rawFrom;
            rawFrom = 0;
        }
        while (rawTo - rawFrom < count) {
            if (rawFrom == rawTo) {
                rawFrom = 0;
                rawTo = 0;
            }
            int read = in.read(raw, rawTo, raw.length - rawTo);
            if (read < 0) {
                return false;
            }
            rawTo += read;
        }
        return true;
    }

    @Override
    public int available() throws IOException {
        return pieceTo - pieceFrom + rawTo - rawFrom + in.available();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
