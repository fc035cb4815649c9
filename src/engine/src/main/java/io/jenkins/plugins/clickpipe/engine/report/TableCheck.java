package io.jenkins.plugins.clickpipe.engine.report;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.Kind;
import java.util.List;
import java.util.stream.Stream;

/**
 * One check of one loaded table, a test case of {@code verification.xml}.
 *
 * @param table schema-qualified source table
 * @param check what is checked, a short sentence, for example {@code row counts are equal}
 * @param detail the compared figures; empty when there is nothing to say
 */
public record TableCheck(String table, String check, Result result, String detail) {
    public TableCheck {
        requireNonNull(table);
        requireNonNull(check);
        requireNonNull(result);
        requireNonNull(detail);
    }

    /** How a check ended. */
    public enum Result {
        PASSED,
        FAILED,
        SKIPPED
    }

    /** The checks that the statistics themselves hold: of each table its partitions and every {@link VerificationCheck}. */
    public static List<TableCheck> of(LoadStatistics statistics) {
        return statistics.tables().stream()
                .flatMap(table -> Stream.concat(Stream.of(partitions(table, statistics)), verification(table)))
                .toList();
    }

    private static TableCheck partitions(TableStatistics table, LoadStatistics statistics) {
        boolean complete = table.partitionsDone() >= table.partitionsTotal()
                && table.ended().isPresent();
        boolean begun = table.started().isPresent();
        boolean over = statistics.ended().isPresent();
        Result result = complete ? Result.PASSED : begun && over ? Result.FAILED : Result.SKIPPED;
        return new TableCheck(
                table.source(),
                "all partitions are loaded",
                result,
                HumanUnits.count(table.partitionsDone()) + " of "
                        + HumanUnits.count(table.partitionsTotal(), "partition") + " loaded, "
                        + HumanUnits.count(table.rows(), "row"));
    }

    private static Stream<TableCheck> verification(TableStatistics table) {
        if (table.checks().isEmpty()) {
            return Stream.of(new TableCheck(table.source(), Kind.ROW_COUNTS.sentence(), Result.SKIPPED, ""));
        }
        return table.checks().stream()
                .map(check -> new TableCheck(
                        table.source(), check.kind().sentence(), result(check.result()), check.detail()));
    }

    private static Result result(Verification verification) {
        return switch (verification) {
            case PASSED -> Result.PASSED;
            case FAILED -> Result.FAILED;
            case NOT_RUN -> Result.SKIPPED;
        };
    }
}
