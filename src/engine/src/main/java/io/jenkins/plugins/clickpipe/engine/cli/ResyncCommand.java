package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.Resync;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "resync",
        description =
                "Loads the pipe's tables again into _resync tables, carries soft-deleted rows over, verifies and swaps.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class ResyncCommand extends LoadCommand {
    @Option(
            names = "--source-moved",
            description = "The pipe file names another source than the pipe was made from: the pipe moves there.")
    private boolean sourceMoved;

    @Override
    boolean hasSourceMoved() {
        return sourceMoved;
    }

    @Override
    LoadStatistics load(Resync work) {
        return work.resync(onlyTables());
    }
}
