package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.load.InitialLoad;
import io.jenkins.plugins.clickpipe.engine.load.Partition;
import io.jenkins.plugins.clickpipe.engine.load.Partitioner;
import io.jenkins.plugins.clickpipe.engine.load.TableLoad;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.report.LoadProgress;
import io.jenkins.plugins.clickpipe.engine.report.Progress;
import io.jenkins.plugins.clickpipe.engine.resync.Setup.Start;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import io.jenkins.plugins.clickpipe.engine.source.TableState;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The Snapshot phase: cuts the tables into partitions, loads them, and tells how it goes. */
final class SnapshotLoad {
    private final Workspace workspace;
    private final Journal journal;
    private final RunReport report;
    private final StopSignal stop;
    private final boolean terminal;
    private final boolean live;
    private int workers = 1;

    /** @param live the pipe's own slot is read meanwhile */
    SnapshotLoad(
            Workspace workspace, Journal journal, RunReport report, StopSignal stop, boolean terminal, boolean live) {
        this.workspace = Objects.requireNonNull(workspace);
        this.journal = Objects.requireNonNull(journal);
        this.report = Objects.requireNonNull(report);
        this.stop = Objects.requireNonNull(stop);
        this.terminal = terminal;
        this.live = live;
    }

    /**
     * Loads everything that does not move meanwhile; the tables with their statistics.
     *
     * @param round the how manieth load of the run this is, from 1
     */
    List<TableLoad> run(Prepared prepared, Start start, Connection session, int round) throws InterruptedException {
        Settings settings = workspace.definition().settings();
        Partitioner partitioner = new Partitioner(
                new SourceCatalog(session), prepared.serverVersion(), settings.snapshotNumRowsPerPartition());
        List<TableLoad> loads = new ArrayList<>();
        for (TableMapping mapping : prepared.tables()) {
            loads.add(plan(mapping, prepared.stateOf(mapping), partitioner, session, loads.size()));
        }
        report.tables(loads);
        workers = new LoadSessions(settings, live, new SourceCatalog(session), report::warn).count(loads.size());
        int partitions = loads.stream().mapToInt(l -> l.partitions().size()).sum();
        report.status(
                PipeStatus.SNAPSHOT,
                "loading " + loads.size() + " tables in " + partitions + " partitions with " + workers + " sessions");
        InitialLoad.Options options = new InitialLoad.Options(
                round == 1 ? workspace.run() : workspace.run() + "." + round,
                workers,
                settings.snapshotNumberOfParallelTables(),
                settings.maxMegabytesPerSecond(),
                start.version(),
                settings.strictTypes());
        try (Progress progress = Progress.start(terminal, workspace.clock())) {
            SlotWatch slotWatch = new SlotWatch(
                    start.slot(), new ReplicationSlots(workspace.source()), session, workspace.clock(), report::warn);
            Watch watch = new Watch(progress, slotWatch);
            stop.check();
            watch.tick();
            new InitialLoad(options, loads, workspace.target(), watch, workspace.clock()).run(start.snapshot());
            watch.tick();
        }
        return loads;
    }

    /** A table that does not let itself be looked at, because it is another one now, is not read at all. */
    private static TableLoad plan(
            TableMapping mapping, TableState before, Partitioner partitioner, Connection session, int position) {
        try {
            return TableLoad.of(mapping, before, partitioner.partitions(mapping, position));
        } catch (SourceException e) {
            String how = before.difference(before.again(session)).orElseThrow(() -> e);
            TableLoad load = TableLoad.of(mapping, before, List.of());
            load.progress().moved(how);
            return load;
        }
    }

    /** Sessions that the load has read with, which may be as many again afterwards. */
    int workers() {
        return workers;
    }

    /** Passes the load's progress on; partitions reach the journal in groups, since each entry is an insert. */
    private final class Watch implements InitialLoad.Listener {
        private final Progress progress;
        private final SlotWatch slotWatch;
        private final Map<String, List<Integer>> done = new TreeMap<>();

        Watch(Progress progress, SlotWatch slotWatch) {
            this.progress = progress;
            this.slotWatch = slotWatch;
        }

        @Override
        public void statement(String sql) {
            workspace.hearSource(sql);
        }

        @Override
        public void abandon() {
            workspace.source().cancelAll();
            workspace.target().killAll();
        }

        @Override
        public synchronized void partitionDone(TableLoad table, Partition partition) {
            done.computeIfAbsent(table.mapping().target(), t -> new ArrayList<>())
                    .add(partition.index());
        }

        @Override
        public void tick() {
            LoadProgress now = report.tellProgress();
            progress.update(now);
            report.sample(now, now.finished());
            slotWatch.look();
            Map<String, List<Integer>> taken = takeDone();
            if (!taken.isEmpty()) {
                ObjectNode data = Journal.object();
                taken.forEach((table, partitions) -> partitions.forEach(data.putArray(table)::add));
                journal.append(EntryKind.PARTITIONS_DONE, data);
            }
        }

        private synchronized Map<String, List<Integer>> takeDone() {
            Map<String, List<Integer>> taken = new TreeMap<>(done);
            done.clear();
            return taken;
        }
    }
}
