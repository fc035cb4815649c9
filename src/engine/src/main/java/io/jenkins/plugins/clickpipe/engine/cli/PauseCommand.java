package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.resync.Pausing;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "pause",
        description = "Stops CDC, also a sync that runs; the slot keeps the changes.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class PauseCommand extends PipeCommand {
    @Mixin
    private Person person = new Person();

    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        Pausing.Ended ended = new Pausing(workspace, stop).pause(person.name());
        int exitCode = ended.status() == PipeStatus.PAUSED ? DONE : FAILED;
        return new Outcome(exitCode, ended.status().label(), ended.message());
    }
}
