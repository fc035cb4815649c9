package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.SwapDecision;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "approve",
        description = "Approves or rejects the swap that a resync with approveSwap: true waits for.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class ApproveCommand extends PipeCommand {
    @Option(names = "--reject", description = "The tables are not to be swapped in: the resync ends.")
    private boolean reject;

    @Mixin
    private Person person = new Person();

    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        return new Outcome(DONE, "", new SwapDecision(workspace, stop).tell(!reject, person.name()));
    }
}
