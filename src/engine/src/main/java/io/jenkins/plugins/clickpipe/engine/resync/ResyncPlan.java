package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.definition.TablePattern;
import io.jenkins.plugins.clickpipe.engine.journal.Generations;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.Kept;
import io.jenkins.plugins.clickpipe.engine.load.Partitioner;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.report.ConsoleTable;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.report.LoadStatisticsJson;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan;
import io.jenkins.plugins.clickpipe.engine.target.Dependants;
import io.jenkins.plugins.clickpipe.engine.target.EngineTraits;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetColumn;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import io.jenkins.plugins.clickpipe.engine.types.RowFormat;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.postgresql.replication.LogSequenceNumber;

/** What a resync would do, as text; looks at both servers and changes nothing. */
public final class ResyncPlan {
    /** Where the pipe was never loaded: what two shared cores were measured to do, on the careful side. */
    private static final double ASSUMED_BYTES_PER_SECOND = 50e6;

    private final Workspace workspace;
    private final Optional<TablePattern> only;

    public ResyncPlan(Workspace workspace, Optional<TablePattern> only) {
        this.workspace = Objects.requireNonNull(workspace);
        this.only = Objects.requireNonNull(only);
    }

    /** @throws io.jenkins.plugins.clickpipe.engine.EngineException naming everything that stands against a resync */
    public String render() {
        Prepared prepared = new Preflight(workspace, only).run().orRefuse();
        Connection session = workspace.source().connect();
        try {
            StringBuilder text = new StringBuilder("Plan of a resync of pipe " + workspace.pipe() + "\n\n");
            tables(prepared, session, text);
            forecast(prepared, session, text);
            differences(prepared, text);
            statements(prepared, text);
            return text.toString();
        } finally {
            workspace.source().release(session);
        }
    }

    private void tables(Prepared prepared, Connection session, StringBuilder text) {
        Settings settings = workspace.definition().settings();
        Partitioner partitioner = new Partitioner(
                new SourceCatalog(session), prepared.serverVersion(), settings.snapshotNumRowsPerPartition());
        ConsoleTable table = new ConsoleTable(List.of(
                ConsoleTable.Column.text("source"),
                ConsoleTable.Column.text("target"),
                ConsoleTable.Column.text("engine"),
                ConsoleTable.Column.text("sorting key"),
                ConsoleTable.Column.text("read as"),
                ConsoleTable.Column.number("rows (est.)"),
                ConsoleTable.Column.number("size"),
                ConsoleTable.Column.number("partitions")));
        for (int i = 0; i < prepared.tables().size(); i++) {
            TableMapping mapping = prepared.tables().get(i);
            table.add(List.of(
                    mapping.source().qualifiedName(),
                    mapping.target(),
                    mapping.engine().label(),
                    mapping.sortingKey().isEmpty() ? "tuple()" : String.join(", ", mapping.sortingKey()),
                    RowFormat.of(mapping.columnMappings(), settings.strictTypes())
                            .label(),
                    HumanUnits.count(mapping.source().estimatedRows()),
                    HumanUnits.bytes(mapping.source().bytes()),
                    String.valueOf(partitioner.partitions(mapping, i).size())));
        }
        text.append(table.render(false)).append("\n");
    }

    private void forecast(Prepared prepared, Connection session, StringBuilder text) {
        long bytes =
                prepared.tables().stream().mapToLong(m -> m.source().bytes()).sum();
        Optional<LoadStatistics> last = prepared.state().statistics().map(LoadStatisticsJson::read);
        double measured = last.map(s -> s.total().bytesPerSecond()).orElse(0.0);
        double speed = measured > 0 ? measured : ASSUMED_BYTES_PER_SECOND;
        Duration time = Duration.ofMillis((long) (bytes / speed * 1000) + 1000);
        double walPerSecond = walPerSecond(session);
        text.append("Time: about ")
                .append(HumanUnits.duration(time))
                .append(measured > 0 ? " at the speed of the last load" : " at an assumed 50 MB/s")
                .append("\nWAL that the new slot will retain meanwhile: about ")
                .append(HumanUnits.bytes(walPerSecond * time.toSeconds()))
                .append(" at the present rate of ")
                .append(HumanUnits.bytes(walPerSecond))
                .append("/s\nDisk of ClickHouse: at most about ")
                .append(HumanUnits.bytes(bytes / 2.0))
                .append(" beside the originals, ")
                .append(HumanUnits.bytes(new TargetCatalog(workspace.target()).freeBytes()))
                .append(" free\n");
        previousTables(prepared, text);
        text.append("\n");
    }

    private void previousTables(Prepared prepared, StringBuilder text) {
        Duration keep = workspace.definition().settings().keepPreviousTables();
        if (!keep.isZero()) {
            long today = prepared.tables().stream()
                    .map(mapping -> prepared.targets().get(mapping.target()))
                    .filter(Objects::nonNull)
                    .mapToLong(TargetTable::bytes)
                    .sum();
            text.append("Previous tables: today's, ")
                    .append(HumanUnits.bytes(today))
                    .append(", stay for a rollback for ")
                    .append(HumanUnits.duration(keep))
                    .append(" after the swap\n");
        }
        for (Kept generation : prepared.state().generations().kept()) {
            Set<String> names = generation.tables().stream()
                    .map(Generations.KeptTable::name)
                    .collect(Collectors.toSet());
            long bytes = new TargetCatalog(workspace.target())
                    .tables(names).values().stream()
                            .mapToLong(TargetTable::bytes)
                            .sum();
            text.append("Previous tables put aside by run ")
                    .append(generation.id())
                    .append(": ")
                    .append(HumanUnits.bytes(bytes))
                    .append(" until ")
                    .append(generation.until())
                    .append("\n");
        }
    }

    /** Measured over one second. */
    private static double walPerSecond(Connection session) {
        SourceCatalog catalog = new SourceCatalog(session);
        long before =
                LogSequenceNumber.valueOf(catalog.value(SourceSql.CURRENT_WAL)).asLong();
        long start = System.nanoTime();
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        long after =
                LogSequenceNumber.valueOf(catalog.value(SourceSql.CURRENT_WAL)).asLong();
        return (after - before) / ((System.nanoTime() - start) / 1e9);
    }

    private void differences(Prepared prepared, StringBuilder text) {
        Dependants dependants = new Dependants(workspace.target());
        text.append("Differences from today's destination tables:\n");
        for (TableMapping mapping : prepared.tables()) {
            TargetTable today = prepared.targets().get(mapping.target());
            List<String> lines = today == null ? List.of("new table") : differences(mapping, today);
            text.append("  ")
                    .append(mapping.target())
                    .append(": ")
                    .append(lines.isEmpty() ? "none" : String.join("; ", lines))
                    .append("\n");
            if (today != null) {
                CarryOver.carried(today, mapping)
                        .forEach(what ->
                                text.append("    carried over: ").append(what).append(".\n"));
                new OriginalColumns(today, mapping)
                        .losses()
                        .forEach(loss -> text.append("    ").append(loss).append(".\n"));
                dependants.of(mapping.target(), beside(mapping)).forEach(sentence -> text.append("    ")
                        .append(sentence)
                        .append(".\n"));
            }
        }
    }

    /** Names under which other generations of a table stand for a time. */
    private List<String> beside(TableMapping mapping) {
        return workspace.definition().settings().keepPreviousTables().isZero()
                ? List.of(mapping.resyncTarget())
                : List.of(mapping.resyncTarget(), SwapPlan.previousName(mapping.target(), workspace.run()));
    }

    private static List<String> differences(TableMapping mapping, TargetTable today) {
        List<String> lines = new ArrayList<>();
        List<TargetColumn> wanted = mapping.definition().columns();
        for (TargetColumn column : wanted) {
            Optional<TargetColumn> old = today.columns().stream()
                    .filter(c -> c.name().equals(column.name()))
                    .findFirst();
            if (old.isEmpty()) {
                lines.add("+ " + column.name() + " " + column.type());
            } else if (!old.get().type().equals(column.type())) {
                lines.add(column.name() + " " + old.get().type() + " -> " + column.type());
            }
        }
        OriginalColumns columns = new OriginalColumns(today, mapping);
        for (TargetColumn column : today.columns()) {
            if (!columns.isKept(column.name())) {
                lines.add("- " + column.name() + " " + column.type());
            }
        }
        String key = String.join(", ", mapping.sortingKey());
        String keyToday = EngineTraits.orderOf(today);
        if (!keyToday.equals(key)) {
            lines.add("ORDER BY (" + keyToday + ") -> (" + key + ")");
        }
        if (!OriginalColumns.family(today).equals(mapping.engine().label())) {
            lines.add("engine " + today.engine() + " -> " + mapping.engine().label());
        }
        return lines;
    }

    private void statements(Prepared prepared, StringBuilder text) {
        text.append("\nTables to make:\n");
        ResyncTables tables = new ResyncTables(workspace.target(), workspace.pipe());
        for (TableMapping mapping : prepared.tables()) {
            text.append("\n")
                    .append(tables.createSql(
                            mapping,
                            workspace.run(),
                            Optional.ofNullable(prepared.targets().get(mapping.target()))))
                    .append(";\n");
        }
    }
}
