package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.Pausing;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "resume",
        description = "Starts CDC again where it was paused, or withdraws a pause that has not begun.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class ResumeCommand extends PipeCommand {
    @Mixin
    private Person person = new Person();

    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        Pausing.Ended ended = new Pausing(workspace, stop).resume(person.name());
        return new Outcome(DONE, ended.status().label(), ended.message());
    }
}
