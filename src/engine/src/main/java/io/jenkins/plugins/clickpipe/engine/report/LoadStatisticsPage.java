package io.jenkins.plugins.clickpipe.engine.report;

import static io.jenkins.plugins.clickpipe.engine.report.HumanUnits.count;
import static io.jenkins.plugins.clickpipe.engine.report.HumanUnits.duration;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.jenkins.plugins.clickpipe.engine.report.PageModel.Altered;
import io.jenkins.plugins.clickpipe.engine.report.PageModel.Bar;
import io.jenkins.plugins.clickpipe.engine.report.PageModel.Failed;
import io.jenkins.plugins.clickpipe.engine.report.PageModel.Figure;
import io.jenkins.plugins.clickpipe.engine.report.PageModel.Moment;
import io.jenkins.plugins.clickpipe.engine.report.PageModel.Phase;
import io.jenkins.plugins.clickpipe.engine.report.PageModel.Row;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadTotals;
import io.jenkins.plugins.clickpipe.engine.statistics.PhaseTiming;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Writes {@code load-stats.html}: one page that needs nothing else, neither script nor font nor network, readable
 * in light and dark. It is also well-formed XML.
 */
final class LoadStatisticsPage {
    private static final int MOST_BARS = 20;
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("d MMM uuuu, ", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DATE_TIME =
            DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private LoadStatisticsPage() {}

    static void write(Writer out, LoadStatistics statistics) throws IOException {
        template().execute(model(statistics), out);
    }

    private static Template template() throws IOException {
        Mustache.Escaper html = text -> Escapers.HTML.escape(XmlText.valid(text));
        try (InputStream in = LoadStatisticsPage.class.getResourceAsStream("load-stats.html.mustache");
                Reader reader = new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8)) {
            return Mustache.compiler()
                    .withEscaper(html)
                    .emptyStringIsFalse(true)
                    .zeroIsFalse(true)
                    .compile(reader);
        }
    }

    static PageModel model(LoadStatistics statistics) {
        LoadTotals total = statistics.total();
        Instant asOf = statistics.asOf();
        String tone = tone(statistics);
        return new PageModel(
                statistics.pipe(),
                statistics.run(),
                statistics.status(),
                tone,
                verdict(statistics, total),
                statistics.failure().orElse(""),
                moment(statistics.started()),
                statistics.ended().stream()
                        .map(ended -> end(ended, statistics.started()))
                        .toList(),
                headline(statistics, total),
                details(statistics, total),
                phases(statistics),
                Axis.ofTime(statistics.elapsed()),
                ThroughputChart.of(statistics.samples()),
                barsNote(statistics),
                bars(statistics),
                statistics.tables().stream().map(table -> row(table, asOf)).toList(),
                statistics.tables().size() < 2 ? List.of() : List.of(row(total)),
                altered(statistics),
                failed(statistics));
    }

    private static String tone(LoadStatistics statistics) {
        if (statistics.failure().isPresent()) {
            return "bad";
        }
        return switch (statistics.status()) {
            case "Running", "Completed" -> "good";
            case "Failed" -> "bad";
            case "Paused" -> "quiet";
            default -> "busy";
        };
    }

    private static String verdict(LoadStatistics statistics, LoadTotals total) {
        String loaded = unbroken(count(total.rows(), "row")) + " in " + unbroken(count(total.tables(), "table"));
        if (statistics.failure().isPresent()) {
            return loaded + " had been loaded when the run failed.";
        }
        if (statistics.ended().isEmpty()) {
            return loaded + " loaded so far; the run is under way.";
        }
        String verified =
                switch (total.verification()) {
                    case PASSED -> ", every table verified against its source.";
                    case FAILED -> "; verification found differences.";
                    case NOT_RUN -> ", not verified.";
                };
        return loaded + " loaded in " + unbroken(duration(total.elapsed())) + verified;
    }

    private static List<Figure> headline(LoadStatistics statistics, LoadTotals total) {
        String expected = statistics.ended().isEmpty() && total.estimatedRows() > 0
                ? "of about " + count(total.estimatedRows())
                : "in " + count(total.tables(), "table");
        String load = statistics.phases().size() < 2 ? "" : "of it the load " + duration(total.elapsed());
        return List.of(
                figure("Rows loaded", count(total.rows()), expected),
                figure("Rows per second", HumanUnits.rate(total.rowsPerSecond()), "mean of the whole load"),
                figure("Data read", HumanUnits.bytes(total.bytes()), HumanUnits.bytes(total.bytesPerSecond()) + "/s"),
                figure(
                        statistics.ended().isPresent() ? "Duration" : "Under way for",
                        duration(statistics.elapsed()),
                        load));
    }

    private static List<Figure> details(LoadStatistics statistics, LoadTotals total) {
        long columns = statistics.tables().stream()
                .mapToLong(table -> table.alteredValues().size())
                .sum();
        long passed = statistics.tables().stream()
                .filter(table -> table.verification() == Verification.PASSED)
                .count();
        return List.of(
                new Figure(
                        "Verification",
                        word(total.verification()),
                        count(passed) + " of " + count(total.tables(), "table") + " passed",
                        tone(total.verification())),
                figure("Partitions", count(total.partitionsDone()) + " / " + count(total.partitionsTotal()), "loaded"),
                figure("Retries", count(total.retries()), total.retries() == 0 ? "no fault met" : "after a fault"),
                new Figure(
                        "Altered values",
                        count(total.alteredValues()),
                        columns == 0 ? "nothing altered" : "in " + count(columns, "column"),
                        columns == 0 ? "quiet" : "warn"),
                figure("Soft-deleted rows", count(total.softDeletedRows()), "transferred"));
    }

    private static Figure figure(String name, String value, String remark) {
        return new Figure(name, value, remark, "quiet");
    }

    private static List<Phase> phases(LoadStatistics statistics) {
        Instant asOf = statistics.asOf();
        Axis axis = Axis.ofTime(statistics.elapsed());
        List<Phase> phases = new ArrayList<>();
        int last = statistics.phases().size() - 1;
        for (int i = 0; i <= last; i++) {
            PhaseTiming phase = statistics.phases().get(i);
            Duration before = Duration.between(statistics.started(), phase.started());
            Duration elapsed = phase.elapsed(asOf);
            double start = Math.min(before.toMillis() / 1000.0, axis.end() * 0.996);
            double width = Math.max(elapsed.toMillis() / 1000.0, axis.end() * 0.004);
            boolean failed = i == last && tone(statistics).equals("bad");
            boolean open = phase.ended().isEmpty() && statistics.ended().isEmpty();
            phases.add(new Phase(
                    phase.phase(),
                    axis.place(start),
                    axis.place(Math.min(width, axis.end() - start)),
                    duration(elapsed),
                    failed ? "bad" : open ? "busy" : "quiet",
                    phase.phase() + " began after " + duration(before)
                            + (open ? " and has been under way for " : " and took ") + duration(elapsed)
                            + (failed ? "; the run failed here" : "")));
        }
        return phases;
    }

    private static String barsNote(LoadStatistics statistics) {
        int tables = statistics.tables().size();
        if (tables == 0) {
            return "No table was loaded.";
        }
        String which =
                tables > MOST_BARS ? "The " + MOST_BARS + " largest of " + count(tables, "table") : "Largest first";
        return which + (statistics.ended().isPresent() ? "." : ". The pale part is what is expected.");
    }

    private static List<Bar> bars(LoadStatistics statistics) {
        boolean over = statistics.ended().isPresent();
        List<TableStatistics> largest = statistics.tables().stream()
                .sorted(Comparator.comparingLong((TableStatistics table) -> expected(table, over))
                        .reversed())
                .toList();
        double longest = largest.isEmpty() ? 1 : Math.max(1, expected(largest.get(0), over));
        List<Bar> bars = new ArrayList<>();
        for (TableStatistics table : largest.subList(0, Math.min(MOST_BARS, largest.size()))) {
            String rate = HumanUnits.rate(table.rowsPerSecond(statistics.asOf())) + " rows/s";
            double width = table.rows() == 0 ? 0 : Math.max(0.003, table.rows() / longest);
            bars.add(new Bar(
                    schema(table),
                    name(table),
                    Axis.percent(width),
                    Axis.percent(expected(table, over) / longest),
                    count(table.rows()),
                    rate,
                    table.verification() == Verification.FAILED ? "bad" : "quiet",
                    table.source() + ": " + count(table.rows(), "row") + ", " + rate));
        }
        return bars;
    }

    /** The length of a table's bar: what it holds, and while the run is under way what it is expected to hold. */
    private static long expected(TableStatistics table, boolean over) {
        return over ? table.rows() : Math.max(table.rows(), table.estimatedRows());
    }

    private static String schema(TableStatistics table) {
        return table.source().substring(0, table.source().indexOf('.') + 1);
    }

    private static String name(TableStatistics table) {
        return table.source().substring(table.source().indexOf('.') + 1);
    }

    private static Row row(TableStatistics table, Instant asOf) {
        return new Row(
                schema(table),
                name(table),
                table.target().equals(name(table)) ? "" : table.target(),
                count(table.rows()),
                HumanUnits.bytes(table.bytes()),
                table.started().isPresent() ? duration(table.elapsed(asOf)) : "–",
                HumanUnits.rate(table.rowsPerSecond(asOf)),
                count(table.partitionsDone()) + " / " + count(table.partitionsTotal()),
                zeroQuiet(table.retries()),
                zeroQuiet(table.alteredTotal()),
                zeroQuiet(table.softDeletedRows()),
                word(table.verification()),
                tone(table.verification()));
    }

    private static Row row(LoadTotals total) {
        return new Row(
                "",
                count(total.tables(), "table"),
                "",
                count(total.rows()),
                HumanUnits.bytes(total.bytes()),
                duration(total.elapsed()),
                HumanUnits.rate(total.rowsPerSecond()),
                count(total.partitionsDone()) + " / " + count(total.partitionsTotal()),
                zeroQuiet(total.retries()),
                zeroQuiet(total.alteredValues()),
                zeroQuiet(total.softDeletedRows()),
                word(total.verification()),
                tone(total.verification()));
    }

    /** Zeros in the table's rarer columns recede, so that the other numbers stand out. */
    private static String zeroQuiet(long number) {
        return number == 0 ? "" : count(number);
    }

    private static List<Altered> altered(LoadStatistics statistics) {
        List<Altered> altered = new ArrayList<>();
        for (TableStatistics table : statistics.tables()) {
            new TreeMap<>(table.alteredValues())
                    .forEach((column, values) -> altered.add(new Altered(table.source(), column, count(values))));
        }
        return altered;
    }

    private static List<Failed> failed(LoadStatistics statistics) {
        return statistics.tables().stream()
                .filter(table -> table.verification() == Verification.FAILED)
                .map(table -> new Failed(table.source(), table.verificationDetail()))
                .toList();
    }

    private static Moment moment(Instant instant) {
        return new Moment(DATE_TIME.format(instant), instant.toString());
    }

    /** The run's end, without its date when it is that of the start. */
    private static Moment end(Instant ended, Instant started) {
        String text = DATE_TIME.format(ended);
        String date = DATE.format(ended);
        return new Moment(date.equals(DATE.format(started)) ? text.substring(date.length()) : text, ended.toString());
    }

    /** Text whose figures no line break tears apart. */
    private static String unbroken(String figures) {
        return figures.replace(' ', '\u00a0');
    }

    private static String word(Verification verification) {
        return switch (verification) {
            case NOT_RUN -> "Not run";
            case PASSED -> "Passed";
            case FAILED -> "Failed";
        };
    }

    private static String tone(Verification verification) {
        return switch (verification) {
            case NOT_RUN -> "quiet";
            case PASSED -> "good";
            case FAILED -> "bad";
        };
    }
}
