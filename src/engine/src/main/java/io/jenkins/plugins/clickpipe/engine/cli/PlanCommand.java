package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.ResyncPlan;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;

@Command(
        name = "plan",
        description = "Tells what a resync would do: tables, partitions, DDL, size, time and WAL; changes nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class PlanCommand extends PipeCommand {
    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        System.out.print(new ResyncPlan(workspace, onlyTables()).render());
        return new Outcome(DONE, "", "");
    }
}
