package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.postgresql.copy.CopyOut;

/** The bytes of a running COPY, at the speed that the source may be read with. */
final class CopyRows {
    private final CopyOut copy;
    private final Throttle throttle;
    private final String relation;

    /** @param relation what is copied, for messages */
    CopyRows(CopyOut copy, Throttle throttle, String relation) {
        this.copy = Objects.requireNonNull(copy);
        this.throttle = Objects.requireNonNull(throttle);
        this.relation = Objects.requireNonNull(relation);
    }

    /**
     * Whole rows, each with its newline, or a part of one row alone; null at the end.
     *
     * @throws CancellationException when the thread is interrupted
     * @throws SourceException when the connection breaks
     */
    byte[] next() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException();
        }
        try {
            byte[] piece = copy.readFromCopy();
            if (piece != null) {
                throttle.pass(piece.length);
            }
            return piece;
        } catch (SQLException e) {
            throw SourceException.of("copying " + relation, e);
        }
    }
}
