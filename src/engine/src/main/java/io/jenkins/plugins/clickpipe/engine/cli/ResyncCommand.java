package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.Resync;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import picocli.CommandLine.Command;

@Command(
        name = "resync",
        description =
                "Loads the pipe's tables again into _resync tables, carries soft-deleted rows over, verifies and swaps.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class ResyncCommand extends LoadCommand {
    @Override
    LoadStatistics load(Resync work) {
        return work.resync(onlyTables());
    }
}
