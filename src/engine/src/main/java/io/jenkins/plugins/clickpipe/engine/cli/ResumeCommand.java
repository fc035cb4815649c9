package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.resync.PipeAdministration;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;

@Command(
        name = "resume",
        description = "Starts CDC again where it was paused.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class ResumeCommand extends PipeCommand {
    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        return new Outcome(DONE, PipeStatus.RUNNING.label(), new PipeAdministration(workspace, stop).resume());
    }
}
