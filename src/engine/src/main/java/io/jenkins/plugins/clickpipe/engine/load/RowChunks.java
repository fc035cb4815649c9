package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.load.ChunkSender.Destination;
import io.jenkins.plugins.clickpipe.engine.target.InsertBody;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.types.CopyEncoder;
import io.jenkins.plugins.clickpipe.engine.types.RowBuffer;
import io.jenkins.plugins.clickpipe.engine.types.UnrepresentableValueException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Cuts one worker's rows into chunks at row ends, over the borders of stretches of the same table, and hands them over.
 *
 * <p>Each row is in one chunk and each chunk has a token of its own. Rows of a stretch that breaks off are taken out of
 * the chunk that is being filled, and those handed over already are left out when it is read again. A row that is
 * longer than a chunk makes a chunk by itself, which is sent while it is read: when that fails, both servers are asked
 * again, under the same token.
 */
final class RowChunks {
    private static final int WRITE_BYTES = 64 << 10;

    private final InitialLoad load;
    private final ChunkSender sender;
    private final int worker;
    private final ChunkSize chunkSize;
    private final int largestChunk;
    private final HeldValues.Holder holder;
    private final List<Reading> complete = new ArrayList<>();

    private Destination destination;
    private TableLoad table;
    private long nextChunk;
    private long rows;
    private long sourceBytes;

    private Reading reading;
    private CopyEncoder encoder;
    private long rowsSeen;
    private int readingStart;
    private long readingRows;
    private long readingBytes;
    private int rowStart;
    private long rowBytes;

    RowChunks(InitialLoad load, ChunkSender sender, int worker, ChunkSize chunkSize, HeldValues.Holder holder) {
        this.load = Objects.requireNonNull(load);
        this.sender = Objects.requireNonNull(sender);
        this.worker = worker;
        this.chunkSize = Objects.requireNonNull(chunkSize);
        this.largestChunk = chunkSize.bytes();
        this.holder = Objects.requireNonNull(holder);
    }

    /**
     * Takes all rows of one attempt at a stretch.
     *
     * @throws io.jenkins.plugins.clickpipe.engine.source.SourceException when the source fails
     * @throws LongRowLostException when it is unknown whether the destination has a long row, or it refused it
     */
    void take(Reading next, CopyRows source) {
        begin(next);
        boolean ended = false;
        try {
            for (byte[] piece = source.next(); piece != null; piece = source.next()) {
                add(piece, source);
            }
            if (encoder.insideRow()) {
                throw endedInsideRow();
            }
            ended = true;
        } finally {
            if (!ended) {
                takeBack();
            }
        }
        encoder.flushAlterations(table.progress()::altered);
        complete.add(reading);
        if (rows == 0) {
            List<Reading> done = takeComplete();
            sender.whenAccepted(() -> done.forEach(load::stretchDone));
        }
    }

    private void begin(Reading next) {
        if (table != next.table()) {
            flush();
            table = next.table();
            destination = new Destination(
                    TargetSql.quote(load.database(), table.mapping().resyncTarget()),
                    table.mapping().definition().loadedColumns(),
                    load.format(table),
                    fault -> {
                        next.table().progress().retried();
                        chunkSize.hear(fault);
                    });
        }
        reading = next;
        encoder = load.encoder(table, this::hold);
        rowsSeen = 0;
        readingRows = 0;
        readingBytes = 0;
        rowBytes = 0;
        readingStart = sender.filling().length();
        rowStart = readingStart;
    }

    private void hold(int bytes) {
        holder.grow(bytes, table.mapping().source().qualifiedName() + "." + encoder.column());
    }

    private void takeBack() {
        holder.release();
        sender.filling().truncate(readingStart);
        rows -= readingRows;
        sourceBytes -= readingBytes;
    }

    private void add(byte[] piece, CopyRows source) {
        int from = 0;
        while (from < piece.length) {
            int end = encode(piece, from);
            rowBytes += end - from;
            from = end;
            if (encoder.rowEnded()) {
                rowEnded();
            } else if (sender.filling().length() >= chunkSize.bytes()) {
                fullInsideRow(source);
            }
        }
    }

    private int encode(byte[] piece, int from) {
        boolean atRowStart = !encoder.insideRow();
        try {
            return encoder.take(piece, from, piece.length, sender.filling());
        } catch (UnrepresentableValueException e) {
            String row = RowName.of(table.mapping(), piece, from, atRowStart);
            throw e.inRow(table.mapping().source().qualifiedName(), row, "the load");
        }
    }

    private void rowEnded() {
        holder.release();
        RowBuffer filling = sender.filling();
        if (rowsSeen < reading.handedOver()) {
            filling.truncate(rowStart);
        } else {
            rows++;
            sourceBytes += rowBytes;
            readingRows++;
            readingBytes += rowBytes;
            rowStart = filling.length();
            if (rowStart >= chunkSize.bytes()) {
                handOver();
            }
        }
        rowsSeen++;
        rowBytes = 0;
    }

    /** The rows before the unfinished one go by themselves; if there are none, it has outgrown a chunk. */
    private void fullInsideRow(CopyRows source) {
        if (rowsSeen < reading.handedOver()) {
            sender.filling().truncate(rowStart);
        } else if (rowStart > 0) {
            handOver();
        } else {
            passOn(source);
        }
    }

    private void passOn(CopyRows source) {
        LongRowBody body = new LongRowBody(source);
        try {
            sender.sendOnce(destination, token(), body);
        } catch (TargetException e) {
            throw body.fault == null ? new LongRowLostException(e) : body.fault;
        }
        nextChunk++;
        rowsSeen++;
        reading.handOver(1);
        table.progress().accepted(1, rowBytes);
        rowBytes = 0;
    }

    /** The open row: what there is of it, and the rest while it is read. */
    private final class LongRowBody implements InsertBody {
        private final CopyRows source;
        private RuntimeException fault;

        LongRowBody(CopyRows source) {
            this.source = source;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            RowBuffer filling = sender.filling();
            boolean ended = false;
            while (!ended) {
                filling.writeTo(out);
                filling.release(largestChunk);
                while (!ended && filling.length() < WRITE_BYTES) {
                    ended = readOn();
                }
            }
            holder.release();
            filling.writeTo(out);
            filling.release(largestChunk);
        }

        private boolean readOn() {
            try {
                byte[] piece = source.next();
                if (piece == null) {
                    throw endedInsideRow();
                }
                rowBytes += piece.length;
                encode(piece, 0);
                return encoder.rowEnded();
            } catch (RuntimeException e) {
                fault = e;
                throw e;
            }
        }
    }

    private static EngineException endedInsideRow() {
        return new EngineException("PostgreSQL ended a COPY inside a row. Run the resync again.");
    }

    /** Hands over what is complete. */
    void flush() {
        rowStart = sender.filling().length();
        if (rows > 0) {
            handOver();
        }
    }

    private void handOver() {
        long chunkRows = rows;
        long chunkSourceBytes = sourceBytes;
        TableLoad into = table;
        List<Reading> done = takeComplete();
        sender.send(destination, token(), rowStart, () -> {
            into.progress().accepted(chunkRows, chunkSourceBytes);
            done.forEach(load::stretchDone);
        });
        nextChunk++;
        reading.handOver(readingRows);
        startAnew();
    }

    private void startAnew() {
        rows = 0;
        sourceBytes = 0;
        readingRows = 0;
        readingBytes = 0;
        readingStart = 0;
        rowStart = 0;
    }

    private List<Reading> takeComplete() {
        List<Reading> done = List.copyOf(complete);
        complete.clear();
        return done;
    }

    private String token() {
        return load.run() + "/" + table.mapping().target() + "/" + worker + "/" + nextChunk;
    }

    /** The destination did not answer for a row that is not in memory any more. */
    static final class LongRowLostException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LongRowLostException(TargetException cause) {
            super(cause.getMessage(), cause);
        }

        TargetException fault() {
            return (TargetException) getCause();
        }
    }
}
