package io.jenkins.plugins.clickpipe.engine.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.postgresql.replication.LogSequenceNumber;

/**
 * How far the changes of a slot are in the destination.
 *
 * @param upTo what was committed before it is in the destination, by the source's clock
 * @param planned the batch that was planned last, when it is not confirmed
 * @param created the slot's consistent point
 * @param last the last commit that was applied; empty where there was none, or it is not known
 * @param bound the slot cannot stand behind it, since this pipe has confirmed no more; empty where that is not known
 */
public record SlotProgress(
        Optional<LogSequenceNumber> confirmed,
        Optional<Instant> upTo,
        Optional<PlannedBatch> planned,
        Optional<LogSequenceNumber> created,
        Optional<AppliedCommit> last,
        Optional<LogSequenceNumber> bound) {
    static final SlotProgress NONE = new SlotProgress(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Before it the source must have everything that the destination may hold; a batch that was planned may be
     * there too.
     */
    public Optional<LogSequenceNumber> reach() {
        // behind the first byte of the batch's last commit record
        return Stream.of(
                        confirmed,
                        created,
                        planned.map(
                                batch -> LogSequenceNumber.valueOf(batch.to().asLong() + 1)))
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder());
    }

    /** A commit record may begin just where the last confirmed one ended. */
    SlotProgress confirmed(
            LogSequenceNumber lsn, Optional<Instant> time, Optional<AppliedCommit> commit, boolean first) {
        return new SlotProgress(
                Optional.of(lsn),
                time.or(() -> upTo),
                planned.filter(batch -> batch.to().compareTo(lsn) >= 0),
                created,
                commit,
                first ? Optional.of(lsn) : Optional.empty());
    }

    SlotProgress planned(PlannedBatch batch) {
        return new SlotProgress(confirmed, upTo, Optional.of(batch), created, last, bound);
    }

    SlotProgress created(LogSequenceNumber lsn) {
        return new SlotProgress(confirmed, upTo, planned, Optional.of(lsn), last, Optional.of(lsn));
    }

    /**
     * A commit whose changes are in the destination.
     *
     * @param end behind its record in the WAL
     * @param time by the source's clock
     */
    public record AppliedCommit(LogSequenceNumber end, Instant time) {
        static Optional<AppliedCommit> of(JsonNode data) {
            return data.hasNonNull("commit")
                    ? Optional.of(new AppliedCommit(
                            LogSequenceNumber.valueOf(data.get("commit").asText()),
                            Instant.parse(data.get("committed").asText())))
                    : Optional.empty();
        }
    }

    /** The commits of a CDC batch. */
    public record PlannedBatch(LogSequenceNumber from, LogSequenceNumber to, int partSize) {}
}
