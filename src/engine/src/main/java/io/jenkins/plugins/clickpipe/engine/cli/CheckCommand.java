package io.jenkins.plugins.clickpipe.engine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.resync.Finding;
import io.jenkins.plugins.clickpipe.engine.resync.Preflight;
import io.jenkins.plugins.clickpipe.engine.resync.ServerCheck;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        description = "Looks at versions, privileges, slots, tables and disk on both servers; changes nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class CheckCommand extends PipeCommand {
    /** The server that is looked at by itself. */
    enum Side {
        SOURCE,
        TARGET
    }

    @Option(
            names = "--only",
            paramLabel = "SIDE",
            description = "Only one server, source or target; the other is not connected to, and no table looked at.")
    private Optional<Side> only = Optional.empty();

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        List<Finding> findings = findings(workspace);
        if (json) {
            System.out.println(json(workspace.pipe(), findings).toPrettyString());
        } else {
            findings.forEach(System.out::println);
        }
        long faults =
                findings.stream().filter(f -> f.level() == Finding.Level.FAULT).count();
        return faults == 0
                ? new Outcome(DONE, "", "Nothing stands against a resync of " + workspace.pipe() + ".")
                : new Outcome(
                        FAILED, "", faults + (faults == 1 ? " fault stands" : " faults stand") + " against a resync.");
    }

    private List<Finding> findings(Workspace workspace) {
        if (only.isEmpty()) {
            return new Preflight(workspace, onlyTables()).run().findings();
        }
        ServerCheck check = new ServerCheck(workspace);
        return only.get() == Side.SOURCE ? check.source() : check.target();
    }

    private static ObjectNode json(String pipe, List<Finding> findings) {
        ObjectNode report = JsonNodeFactory.instance.objectNode().put("pipe", pipe);
        ArrayNode list = report.putArray("findings");
        for (Finding finding : findings) {
            list.addObject()
                    .put("level", finding.level().name().toLowerCase(Locale.ROOT))
                    .put("subject", finding.subject())
                    .put("message", finding.message());
        }
        return report;
    }
}
