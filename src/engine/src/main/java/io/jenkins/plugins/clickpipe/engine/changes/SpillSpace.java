package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The place on disk for transactions that the source sends before they end. Its files are their owner's alone, and have
 * no name any more as soon as they are open, so that nothing of them outlives the process.
 */
public final class SpillSpace {
    private static final long GIBIBYTE = 1L << 30;

    private final Path directory;
    private final long spared;

    /**
     * @param directory exists
     * @param spared bytes of the disk that are left free for others
     */
    public SpillSpace(Path directory, long spared) {
        this.directory = requireNonNull(directory);
        this.spared = spared;
    }

    /** Java's directory for temporary files, of whose disk a tenth is left free, or a gibibyte of a large one. */
    public static SpillSpace temporary() {
        Path directory = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            return new SpillSpace(
                    directory, Math.min(GIBIBYTE, Files.getFileStore(directory).getTotalSpace() / 10));
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /** A new file to write and to read. */
    FileChannel open() {
        try {
            // readable and writable by the owner alone
            Path file = Files.createTempFile(directory, "clickpipe-transaction-", ".changes");
            try {
                return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /** @throws EngineException when so many more bytes would leave too little room */
    void claim(long bytes) {
        long free;
        try {
            free = Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            throw unusable(directory, e);
        }
        if (free - bytes < spared) {
            throw new EngineException("The disk of " + directory + " has only " + (free >> 20)
                    + " MiB left for large transactions that PostgreSQL sends before they end. Make room, name another"
                    + " directory by java -Djava.io.tmpdir=..., or set streamLargeTransactions: false, so that"
                    + " PostgreSQL keeps them on its own disk until they end.");
        }
    }

    EngineException unusable(IOException fault) {
        return unusable(directory, fault);
    }

    private static EngineException unusable(Path directory, IOException fault) {
        return new EngineException(
                "Large transactions that PostgreSQL sends before they end cannot be kept in " + directory + " ("
                        + fault.getMessage() + "). Name another directory by java -Djava.io.tmpdir=..., or set"
                        + " streamLargeTransactions: false.",
                fault);
    }
}
