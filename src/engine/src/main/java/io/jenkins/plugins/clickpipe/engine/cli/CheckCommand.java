package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.Finding;
import io.jenkins.plugins.clickpipe.engine.resync.Preflight;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;

@Command(
        name = "check",
        description = "Looks at versions, privileges, slots, tables and disk on both servers; changes nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class CheckCommand extends PipeCommand {
    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        Preflight.Result result = new Preflight(workspace, onlyTables()).run();
        result.findings().forEach(System.out::println);
        long faults = result.findings().stream()
                .filter(f -> f.level() == Finding.Level.FAULT)
                .count();
        return faults == 0
                ? new Outcome(DONE, "", "Nothing stands against a resync of " + workspace.pipe() + ".")
                : new Outcome(
                        FAILED, "", faults + (faults == 1 ? " fault stands" : " faults stand") + " against a resync.");
    }
}
