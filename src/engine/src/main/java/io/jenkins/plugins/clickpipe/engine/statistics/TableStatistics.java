package io.jenkins.plugins.clickpipe.engine.statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Initial-load statistics of one table.
 *
 * @param source schema-qualified source table, unquoted, for example {@code public.orders}
 * @param target destination table (the original's name, without {@code _resync})
 * @param estimatedRows rows expected, from the planner's statistics; 0 when unknown
 * @param rows rows accepted by ClickHouse
 * @param bytes bytes of COPY data read from PostgreSQL
 * @param retries partition attempts and inserts repeated after a fault
 * @param alteredValues by destination column, the values that the type mapping could not hold as they were
 * @param softDeletedRows tombstones carried over from the original table
 * @param checks what was checked after the load, in order
 */
public record TableStatistics(
        String source,
        String target,
        long estimatedRows,
        long rows,
        long bytes,
        int partitionsDone,
        int partitionsTotal,
        int retries,
        Map<String, Long> alteredValues,
        long softDeletedRows,
        Optional<Instant> started,
        Optional<Instant> ended,
        List<VerificationCheck> checks) {
    public TableStatistics {
        alteredValues = Map.copyOf(alteredValues);
        checks = List.copyOf(checks);
    }

    /** Values altered by the type mapping, over all columns. */
    public long alteredTotal() {
        return alteredValues.values().stream().mapToLong(Long::longValue).sum();
    }

    /** {@code FAILED} when a check failed, {@code PASSED} when a comparison with the source passed. */
    public Verification verification() {
        if (checks.stream().anyMatch(check -> check.result() == Verification.FAILED)) {
            return Verification.FAILED;
        }
        return checks.stream()
                        .anyMatch(check -> check.kind().comparesWithSource() && check.result() == Verification.PASSED)
                ? Verification.PASSED
                : Verification.NOT_RUN;
    }

    /** What the checks say, of failed ones alone when there are any; empty when none has run. */
    public String verificationDetail() {
        boolean failed = verification() == Verification.FAILED;
        return checks.stream()
                .filter(check -> !failed || check.result() == Verification.FAILED)
                .map(VerificationCheck::detail)
                .filter(detail -> !detail.isEmpty())
                .collect(Collectors.joining("; "));
    }

    /** How long the table has been loading at {@code now}, or took if it has ended; zero before it starts. */
    public Duration elapsed(Instant now) {
        return started.map(start -> Duration.between(start, ended.orElse(now)))
                .filter(duration -> !duration.isNegative())
                .orElse(Duration.ZERO);
    }

    /** Mean rows a second up to {@code now}; 0 when no time has passed. */
    public double rowsPerSecond(Instant now) {
        return perSecond(rows, elapsed(now));
    }

    /** Mean bytes of COPY data a second up to {@code now}; 0 when no time has passed. */
    public double bytesPerSecond(Instant now) {
        return perSecond(bytes, elapsed(now));
    }

    static double perSecond(long amount, Duration elapsed) {
        return elapsed.isZero() ? 0 : amount / (elapsed.toNanos() / 1e9);
    }

    /** Result of the comparison of a loaded table with its source. */
    public enum Verification {
        NOT_RUN,
        PASSED,
        FAILED
    }
}
