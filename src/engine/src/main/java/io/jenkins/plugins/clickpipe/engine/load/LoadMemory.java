package io.jenkins.plugins.clickpipe.engine.load;

/**
 * How an initial load divides the Java heap. A worker holds two chunks, one that it fills and one that is being
 * inserted; all of them take a third of the heap, whatever the width of the rows. A row longer than a chunk is passed
 * on while it is read. Only a single value that cannot be (an element of an array, an hstore, or another type that is
 * written anew as a whole) is held, and one such value at a time in the whole process.
 *
 * <p>With a heap of 384 MiB and 8 workers a chunk has 7.75 MiB, and the longest held value 48 MiB.
 *
 * @param chunkBytes of one insert, 256 KiB to 32 MiB
 * @param longestHeldValue bytes of COPY data
 */
public record LoadMemory(int chunkBytes, int longestHeldValue) {
    private static final int LEAST_CHUNK = 256 << 10;
    /** Each insert makes a part, and ClickHouse merges small ones at once; see docs/performance.md. */
    private static final int LARGEST_CHUNK = 32 << 20;

    /** A row is noticed to be complete only at its end, so a chunk may exceed its size by one piece of COPY. */
    private static final int MARGIN = 256 << 10;

    /** @param heapBytes what the process may take, as {@link Runtime#maxMemory()} tells */
    public static LoadMemory of(long heapBytes, int workers) {
        long chunk = heapBytes / 3 / (2L * workers) - MARGIN;
        return new LoadMemory((int) Math.max(LEAST_CHUNK, Math.min(LARGEST_CHUNK, chunk)), (int)
                Math.min(Integer.MAX_VALUE / 4, heapBytes / 8));
    }

    int bufferBytes() {
        return chunkBytes + MARGIN;
    }
}
