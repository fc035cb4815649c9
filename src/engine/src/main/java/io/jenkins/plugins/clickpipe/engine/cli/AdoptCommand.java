package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.Adoption;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;

@Command(
        name = "adopt",
        description = "Makes the owner that the pipe file names the pipe's owner.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class AdoptCommand extends PipeCommand {
    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        return new Outcome(DONE, "", new Adoption(workspace).run());
    }
}
