package io.jenkins.plugins.clickpipe.engine.resync;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.definition.TablePattern;
import io.jenkins.plugins.clickpipe.engine.load.TableLoad;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.resync.Setup.Start;
import io.jenkins.plugins.clickpipe.engine.source.ExportedSnapshot;
import io.jenkins.plugins.clickpipe.engine.source.TableState;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Loads and verifies tables until each has been read as its snapshot saw it. A table that was rewritten, replaced or
 * altered meanwhile is empty or mixed under the snapshot, so all that was loaded of it is thrown away, and it is loaded
 * anew, alone, under a snapshot and with a starting position of its own. The others keep what they have.
 */
final class LoadRounds {
    /** A table that moves so often will move again. */
    static final int MOST = 5;

    private final Workspace workspace;
    private final RunReport report;
    private final StopSignal stop;
    private final Optional<TablePattern> only;
    private final Work work;

    /** What a run does in each round. */
    interface Work {
        /**
         * Makes the {@code _resync} tables of a round.
         *
         * @param replaced by destination table, those of an earlier round, which go
         * @param starts by destination table, up to where it will hold all changes; none where the run's slot starts
         * @return by destination table, their UUIDs
         */
        Map<String, UUID> makeTables(
                Prepared prepared, Map<String, UUID> replaced, Map<String, LogSequenceNumber> starts);

        /** Loads them, and does what is to be done with the loaded tables while their snapshot stands. */
        List<TableLoad> load(Prepared prepared, Start start, int round) throws InterruptedException;

        /** Where the pipe starts for tables that are loaded anew. */
        Start startAgain(Prepared prepared, Start first, int round);

        /** What the relations of tables are now. */
        Map<TableName, TableState> states(Set<TableName> tables);

        /** Refuses tables that were proven to be read rightly, and differ. */
        void judge(List<TableLoad> settled);
    }

    /**
     * What was loaded.
     *
     * @param start the run's own, which is that of every table without another
     * @param resyncTables by destination table, the UUID of its {@code _resync} table
     * @param starts by destination table, up to where one that was loaded anew holds all changes
     */
    record Loaded(
            Start start,
            List<TableMapping> mappings,
            List<TableLoad> loads,
            Map<String, UUID> resyncTables,
            Map<String, LogSequenceNumber> starts) {}

    /** @param only restricts the run's tables; empty means all of the pipe's */
    LoadRounds(Workspace workspace, RunReport report, StopSignal stop, Optional<TablePattern> only, Work work) {
        this.workspace = requireNonNull(workspace);
        this.report = requireNonNull(report);
        this.stop = requireNonNull(stop);
        this.only = requireNonNull(only);
        this.work = requireNonNull(work);
    }

    /**
     * Loads everything, and closes every snapshot.
     *
     * @throws EngineException when a table moves again and again, or can be loaded no more
     */
    Loaded run(Prepared prepared, Start first) throws InterruptedException {
        Map<String, TableLoad> loads = new LinkedHashMap<>();
        prepared.tables().forEach(mapping -> loads.put(mapping.target(), null));
        Map<String, Integer> times = new HashMap<>();
        Map<String, UUID> tables = new LinkedHashMap<>();
        Map<String, LogSequenceNumber> starts = new HashMap<>();
        Prepared now = prepared;
        Start start = first;
        for (int round = 1; ; round++) {
            List<TableLoad> moved;
            try (ExportedSnapshot snapshot = start.snapshot()) {
                if (round > 1 && first.slot().isPresent()) {
                    now.tables().forEach(mapping -> starts.put(mapping.target(), snapshot.consistentPoint()));
                }
                tables.putAll(work.makeTables(now, tables, starts));
                moved = load(now, start, round, loads);
            }
            if (moved.isEmpty()) {
                List<TableLoad> all = List.copyOf(loads.values());
                return new Loaded(first, all.stream().map(TableLoad::mapping).toList(), all, tables, starts);
            }
            announce(moved, times);
            stop.await(Duration.ofSeconds(Math.min(round, MOST)));
            stop.check();
            now = new Preflight(workspace, only)
                    .again(
                            prepared,
                            moved.stream().map(load -> load.mapping().target()).collect(Collectors.toSet()));
            start = work.startAgain(now, first, round + 1);
        }
    }

    /** Returns the tables that have moved, also after their own round; the others are right. */
    private List<TableLoad> load(Prepared now, Start start, int round, Map<String, TableLoad> loads)
            throws InterruptedException {
        List<TableLoad> ofRound = work.load(now, start, round);
        ofRound.forEach(load -> loads.put(load.mapping().target(), load));
        Map<TableName, TableState> after = work.states(
                loads.values().stream().map(load -> load.before().table()).collect(Collectors.toSet()));
        for (TableLoad load : loads.values()) {
            load.before().alteration(after.get(load.before().table())).ifPresent(load.progress()::moved);
        }
        work.judge(ofRound.stream().filter(TableLoad::isSettled).toList());
        return loads.values().stream().filter(load -> !load.isSettled()).toList();
    }

    /** @param times by destination table, how often it was loaded */
    private void announce(List<TableLoad> moved, Map<String, Integer> times) {
        for (TableLoad load : moved) {
            String what = "Table " + load.mapping().source().qualifiedName() + " "
                    + load.progress().moved().orElseThrow();
            int next = times.merge(load.mapping().target(), 1, Integer::sum) + 1;
            if (next > MOST) {
                throw new EngineException(what + " while it was loaded, as in each of the " + MOST
                        + " loads of it in this run. Keep such statements away from it while a resync runs.");
            }
            report.warn(what + " while it was loaded, so what was loaded of it is thrown away, and it is loaded anew"
                    + " under a snapshot of its own (load " + next + " of at most " + MOST + ").");
        }
    }
}
