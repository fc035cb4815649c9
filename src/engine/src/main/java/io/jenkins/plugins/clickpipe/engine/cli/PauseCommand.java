package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.resync.PipeAdministration;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;

@Command(
        name = "pause",
        description = "Stops CDC; the slot keeps the changes.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class PauseCommand extends PipeCommand {
    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        return new Outcome(DONE, PipeStatus.PAUSED.label(), new PipeAdministration(workspace, stop).pause());
    }
}
