package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.resync.Resync;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import picocli.CommandLine.Command;

@Command(
        name = "create",
        description = "Makes the pipe: loads its tables for the first time and, with cdc, goes on from a new slot.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class CreateCommand extends LoadCommand {
    @Override
    LoadStatistics load(Resync work) {
        if (onlyTables().isPresent()) {
            throw new EngineException(
                    "--tables is not for create: a pipe is made whole, so that all its tables stand at"
                            + " one snapshot.");
        }
        return work.create();
    }
}
