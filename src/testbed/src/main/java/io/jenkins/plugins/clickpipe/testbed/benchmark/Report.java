package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.jenkins.plugins.clickpipe.engine.report.ConsoleTable;
import io.jenkins.plugins.clickpipe.engine.report.ConsoleTable.Column;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The results as tables of text, and as a file of JSON. */
final class Report {
    private final PrintStream out;

    Report(PrintStream out) {
        this.out = requireNonNull(out);
    }

    /** One run in a line. */
    static String line(Measurement run) {
        return "%s, %s, %d workers: %,.0f rows/s, %.1f MB/s, CPU %.1f s"
                .formatted(
                        run.table(),
                        run.contender(),
                        run.workers(),
                        run.rowsPerSecond(),
                        run.megabytesPerSecond(),
                        run.cpuSeconds());
    }

    /** The medians of one table, and how many times as fast the engine is with as many workers. */
    void print(List<Measurement> medians) {
        ConsoleTable rows = new ConsoleTable(List.of(
                Column.text("table"),
                Column.text("contender"),
                Column.number("workers"),
                Column.number("rows"),
                Column.number("rows/s"),
                Column.number("MB/s"),
                Column.number("whole s"),
                Column.number("CPU s"),
                Column.number("own"),
                Column.number("PostgreSQL"),
                Column.number("ClickHouse"),
                Column.number("peak MiB")));
        for (Measurement m : medians) {
            rows.add(List.of(
                    m.table(),
                    m.contender(),
                    "" + m.workers(),
                    "%d".formatted(m.rows()),
                    "%.0f".formatted(m.rowsPerSecond()),
                    "%.1f".formatted(m.megabytesPerSecond()),
                    "%.1f".formatted(m.wholeSeconds()),
                    "%.1f".formatted(m.cpuSeconds()),
                    "%.1f".formatted(m.contenderCpuSeconds()),
                    "%.1f".formatted(m.postgresCpuSeconds()),
                    "%.1f".formatted(m.clickHouseCpuSeconds()),
                    "%d".formatted(m.peakMemoryBytes() >> 20)));
        }
        out.println(rows.render(false));
        for (Measurement engine : medians) {
            if (engine.contender().equals(EngineLoad.NAME)) {
                out.println(ratios(engine, medians));
            }
        }
    }

    private static String ratios(Measurement engine, List<Measurement> medians) {
        StringBuilder text =
                new StringBuilder("%s, %d workers: the engine is".formatted(engine.table(), engine.workers()));
        medians.stream()
                .map(Measurement::contender)
                .distinct()
                .filter(name -> !name.equals(EngineLoad.NAME))
                .forEach(name -> counterpart(name, engine, medians)
                        .ifPresent(other -> text.append(" %.2f times as fast as %s,"
                                .formatted(engine.rowsPerSecond() / other.rowsPerSecond(), name))));
        slowerFloor(engine, medians)
                .ifPresent(floor -> text.append(
                        " takes %.2f times as long as the slower floor,".formatted(floor / engine.rowsPerSecond())));
        return text.append(" and spends %.0f %% of the CPU time itself".formatted(100 * engine.contenderShareOfCpu()))
                .toString();
    }

    /** Rows per second of the floor that is the larger one in time. */
    private static Optional<Double> slowerFloor(Measurement engine, List<Measurement> medians) {
        Optional<Measurement> source = counterpart(ProgramLoad.SOURCE_FLOOR, engine, medians);
        Optional<Measurement> target = counterpart(ProgramLoad.TARGET_FLOOR, engine, medians);
        return source.flatMap(s -> target.map(t -> Math.min(s.rowsPerSecond(), t.rowsPerSecond())));
    }

    /** The same number of workers, or one worker for what knows only that. */
    private static Optional<Measurement> counterpart(String name, Measurement engine, List<Measurement> medians) {
        List<Measurement> ofName = medians.stream()
                .filter(m -> m.contender().equals(name) && m.table().equals(engine.table()))
                .toList();
        return ofName.stream()
                .filter(m -> m.workers() == engine.workers())
                .findFirst()
                .or(() -> ofName.size() == 1 ? Optional.of(ofName.get(0)) : Optional.empty());
    }

    /** What the engine costs under several circumstances, each named. */
    void printCosts(String circumstance, List<String> names, List<Measurement> medians) {
        ConsoleTable rows = new ConsoleTable(List.of(
                Column.number(circumstance),
                Column.number("s per million rows"),
                Column.number("against the first"),
                Column.number("CPU s per million"),
                Column.number("own part")));
        double first = 1e6 / medians.get(0).rowsPerSecond();
        for (int i = 0; i < medians.size(); i++) {
            double cost = 1e6 / medians.get(i).rowsPerSecond();
            rows.add(List.of(
                    names.get(i),
                    "%.3f".formatted(cost),
                    "%+.1f %%".formatted(100 * (cost / first - 1)),
                    "%.2f"
                            .formatted(
                                    medians.get(i).cpuSeconds() / medians.get(i).rows() * 1e6),
                    "%.0f %%".formatted(100 * medians.get(i).contenderShareOfCpu())));
        }
        out.println(rows.render(false));
    }

    static void write(Path file, List<?> medians) {
        try {
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), medians);
        } catch (IOException e) {
            throw new UncheckedIOException("The results could not be written", e);
        }
    }
}
