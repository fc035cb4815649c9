package io.jenkins.plugins.clickpipe.engine.report;

import static io.jenkins.plugins.clickpipe.engine.report.HumanUnits.bytes;
import static io.jenkins.plugins.clickpipe.engine.report.HumanUnits.count;
import static io.jenkins.plugins.clickpipe.engine.report.HumanUnits.duration;
import static io.jenkins.plugins.clickpipe.engine.report.HumanUnits.rate;

import io.jenkins.plugins.clickpipe.engine.report.ConsoleTable.Column;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadTotals;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/** Load statistics as a text table for a terminal or a log, with what needs attention in sentences below it. */
public final class StatisticsTable {
    private StatisticsTable() {}

    /** The table and the sentences, each line ended by a newline. */
    public static String render(LoadStatistics statistics) {
        if (statistics.tables().isEmpty()) {
            return "No table was loaded.\n" + failure(statistics);
        }
        ConsoleTable table = new ConsoleTable(List.of(
                Column.text("Table"),
                Column.number("Rows"),
                Column.number("Size"),
                Column.number("Time"),
                Column.number("Rows/s"),
                Column.number("Partitions"),
                Column.number("Retries"),
                Column.number("Altered"),
                Column.number("Tombstones"),
                Column.text("Verification")));
        Instant asOf = statistics.asOf();
        statistics.tables().forEach(line -> table.add(line(line, asOf)));
        if (statistics.tables().size() > 1) {
            table.add(total(statistics.total()));
        }
        return table.render(statistics.tables().size() > 1) + remarks(statistics) + failure(statistics);
    }

    private static List<String> line(TableStatistics table, Instant asOf) {
        return List.of(
                table.source(),
                count(table.rows()),
                bytes(table.bytes()),
                duration(table.elapsed(asOf)),
                rate(table.rowsPerSecond(asOf)),
                count(table.partitionsDone()) + "/" + count(table.partitionsTotal()),
                count(table.retries()),
                count(table.alteredTotal()),
                count(table.softDeletedRows()),
                word(table.verification()));
    }

    private static List<String> total(LoadTotals total) {
        return List.of(
                count(total.tables(), "table"),
                count(total.rows()),
                bytes(total.bytes()),
                duration(total.elapsed()),
                rate(total.rowsPerSecond()),
                count(total.partitionsDone()) + "/" + count(total.partitionsTotal()),
                count(total.retries()),
                count(total.alteredValues()),
                count(total.softDeletedRows()),
                word(total.verification()));
    }

    private static String remarks(LoadStatistics statistics) {
        StringBuilder text = new StringBuilder();
        for (TableStatistics table : statistics.tables()) {
            new TreeMap<>(table.alteredValues()).forEach((column, values) -> text.append("altered: ")
                    .append(table.source())
                    .append('.')
                    .append(column)
                    .append(", ")
                    .append(count(values, "value"))
                    .append(" that the destination type cannot hold\n"));
        }
        for (TableStatistics table : statistics.tables()) {
            if (table.verification() == Verification.FAILED) {
                text.append("verification failed: ")
                        .append(table.source())
                        .append(": ")
                        .append(table.verificationDetail())
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String failure(LoadStatistics statistics) {
        return statistics
                .failure()
                .map(sentence -> "failed: " + sentence + "\n")
                .orElse("");
    }

    private static String word(Verification verification) {
        return switch (verification) {
            case NOT_RUN -> "not run";
            case PASSED -> "passed";
            case FAILED -> "FAILED";
        };
    }
}
