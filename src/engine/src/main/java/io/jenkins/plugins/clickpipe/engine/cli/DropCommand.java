package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.Drop;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;

@Command(
        name = "drop",
        description = "Drops the pipe's slot, publication (if ours) and state; destination tables stay.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class DropCommand extends PipeCommand {
    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        return new Outcome(DONE, "", new Drop(workspace, stop).run());
    }
}
