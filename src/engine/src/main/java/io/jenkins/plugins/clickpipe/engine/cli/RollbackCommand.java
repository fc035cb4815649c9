package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.Rollback;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "rollback",
        description = "Puts the kept previous tables back in place, all of them; once more takes that back.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class RollbackCommand extends PipeCommand {
    @Mixin
    private Person person = new Person();

    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        return new Outcome(DONE, "", new Rollback(workspace, stop).run(person.name()));
    }
}
