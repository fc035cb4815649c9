package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.resync.StatusReport;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        description = "Shows the pipe's status, slot lag, tables and last initial-load statistics; changes nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class StatusCommand extends PipeCommand {
    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        StatusReport report = StatusReport.of(workspace, onlyTables());
        String text = json ? report.toJson().toPrettyString() : report.toText();
        System.out.println(text);
        return new Outcome(DONE, report.status(), "");
    }
}
