package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.Drop;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "drop",
        description = "Drops the pipe's slot, publication (if ours) and state; destination tables stay.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class DropCommand extends PipeCommand {
    @Option(
            names = "--source-moved",
            description = "The pipe file names another source than the pipe was made from: what it has there is left.")
    private boolean sourceMoved;

    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        return new Outcome(DONE, "", new Drop(workspace, stop, sourceMoved).run());
    }
}
