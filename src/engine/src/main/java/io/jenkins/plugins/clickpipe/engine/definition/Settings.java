package io.jenkins.plugins.clickpipe.engine.definition;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A pipe's settings, named as in the ClickPipes API.
 *
 * @param syncIntervalSeconds seconds between two CDC cycles, 1 to 86400
 * @param pullBatchSize changes a CDC batch holds at most, 1 to 10,000,000
 * @param streamLargeTransactions true lets PostgreSQL 14 and newer send a large transaction's changes before it ends
 * @param allowNullableColumns false turns NULL into the destination type's default, as ClickPipes does by default
 * @param initialLoadParallelism sessions that read one table in the initial load, 1 to 64
 * @param snapshotNumRowsPerPartition rows a partition of the load aims at, 100 to 1,000,000,000
 * @param snapshotNumberOfParallelTables tables loaded at the same time, 1 to 64; so many times initialLoadParallelism
 *     sessions read in all
 * @param maxSourceConnections sessions that a run has open on the source at most, 3 to 10,000; 0 for as many as needed
 * @param maxMegabytesPerSecond what the initial load reads at most, in 10^6 bytes of COPY data a second over all
 *     sessions, 1 to 100,000; 0 for no bound
 * @param publicationName empty means {@code clickpipe_<name>}, made and dropped by the engine
 * @param replicationSlotName empty means {@code clickpipe_<name>_<run>}
 * @param catchUpBeforeSwap true applies the changes since the snapshot to the new tables before they are swapped in
 * @param keepOriginalLive true lets the old slot's changes go on reaching the original tables until the swap
 * @param approveSwap true lets a load wait after its verification until a person approves the swap
 * @param approvalTimeout how long it waits for that, from a second to 30 days
 * @param keepPreviousTables how long the old generation is kept after the swap; zero drops it at once
 * @param maxRowLossPercent how many percent of its rows a table may have lost since the last load, 0 to 100; 100 allows
 *     every loss
 * @param strictTypes true fails the load at the first value that the type mapping cannot hold
 * @param ignoredOperations what of the source's changes is left out on purpose
 */
public record Settings(
        ReplicationMode replicationMode,
        int syncIntervalSeconds,
        int pullBatchSize,
        boolean streamLargeTransactions,
        boolean allowNullableColumns,
        int initialLoadParallelism,
        long snapshotNumRowsPerPartition,
        int snapshotNumberOfParallelTables,
        int maxSourceConnections,
        int maxMegabytesPerSecond,
        Optional<String> publicationName,
        Optional<String> replicationSlotName,
        SoftDeletedRows softDeletedRows,
        boolean catchUpBeforeSwap,
        boolean keepOriginalLive,
        boolean approveSwap,
        Duration approvalTimeout,
        Verify verify,
        Duration keepPreviousTables,
        int maxRowLossPercent,
        boolean strictTypes,
        IgnoredOperations ignoredOperations) {

    /** The values of a pipe file that names no setting. */
    public static final Settings DEFAULTS = new Settings(
            ReplicationMode.CDC,
            60,
            100_000,
            true,
            true,
            4,
            100_000,
            1,
            0,
            0,
            Optional.empty(),
            Optional.empty(),
            SoftDeletedRows.TRANSFER,
            true,
            false,
            false,
            Duration.ofHours(24),
            Verify.COUNTS,
            Duration.ZERO,
            50,
            false,
            IgnoredOperations.NONE);

    /** What the pipe does: an initial load and then changes, one of the two, or the other. */
    public enum ReplicationMode {
        CDC,
        SNAPSHOT,
        CDC_ONLY
    }

    /** What a resync does with rows that are soft-deleted in the original tables. */
    public enum SoftDeletedRows {
        TRANSFER,
        DISCARD
    }

    /** Operations that do not reach the destination, so that it keeps rows that the source has no more. */
    public enum IgnoredOperations {
        NONE,
        DELETE,
        TRUNCATE,
        DELETE_AND_TRUNCATE;

        public boolean hasDelete() {
            return this == DELETE || this == DELETE_AND_TRUNCATE;
        }

        public boolean hasTruncate() {
            return this == TRUNCATE || this == DELETE_AND_TRUNCATE;
        }

        /** The operations that a publication has to publish, in PostgreSQL's words. */
        public List<String> published() {
            return Stream.of("insert", "update", "delete", "truncate")
                    .filter(operation -> !(operation.equals("delete") && hasDelete()))
                    .filter(operation -> !(operation.equals("truncate") && hasTruncate()))
                    .toList();
        }
    }

    /** How the loaded tables are compared with the source before the swap. */
    public enum Verify {
        COUNTS,
        CHECKSUMS,
        OFF
    }
}
