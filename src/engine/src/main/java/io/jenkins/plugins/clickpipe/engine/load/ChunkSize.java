package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How large the chunks are that are filled from now on, for all workers. It shrinks when ClickHouse has too little
 * memory for them. Those that have a token already keep their rows, since the token stands for them.
 */
final class ChunkSize {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkSize.class);

    /** Smaller ones would only make more parts. */
    private static final int LEAST = 1 << 20;

    private final AtomicInteger bytes;

    ChunkSize(int bytes) {
        this.bytes = new AtomicInteger(bytes);
    }

    int bytes() {
        return bytes.get();
    }

    /** Hears why a chunk has to be sent again. */
    void hear(TargetException fault) {
        int before = bytes.get();
        if (fault.isOutOfMemory() && before / 2 >= LEAST && bytes.compareAndSet(before, before / 2)) {
            LOG.warn("ClickHouse has too little memory; further chunks have {} KiB", before / 2 >> 10);
        }
    }
}
