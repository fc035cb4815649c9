package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.report.StatisticsTable;
import io.jenkins.plugins.clickpipe.engine.report.Terminal;
import io.jenkins.plugins.clickpipe.engine.resync.Resync;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import java.util.Optional;

/** The two commands that load a pipe's tables. */
abstract class LoadCommand extends PipeCommand {
    private Resync resync;

    abstract LoadStatistics load(Resync work);

    /** The pipe may go over to another source. */
    boolean hasSourceMoved() {
        return false;
    }

    @Override
    final Outcome run(Workspace workspace, StopSignal stop) {
        resync = new Resync(workspace, stop, Terminal.isAttached(), hasSourceMoved());
        LoadStatistics statistics = load(resync);
        System.err.println();
        System.err.println(StatisticsTable.render(statistics).stripTrailing());
        return new Outcome(DONE, statistics.status(), "");
    }

    @Override
    final Optional<LoadStatistics> statistics() {
        return Optional.ofNullable(resync).flatMap(Resync::statistics);
    }
}
