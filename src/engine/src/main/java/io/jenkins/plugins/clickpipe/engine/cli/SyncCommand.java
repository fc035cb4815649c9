package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.definition.DurationText;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.resync.PipeSync;
import io.jenkins.plugins.clickpipe.engine.resync.PipeSync.Extent;
import io.jenkins.plugins.clickpipe.engine.resync.StopSignal;
import io.jenkins.plugins.clickpipe.engine.resync.Workspace;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "sync",
        description = "Applies the changes since the snapshot and goes on until stopped, or as the options say.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class SyncCommand extends PipeCommand {
    @Spec
    private CommandSpec spec;

    @ArgGroup
    private Limit limit = new Limit();

    /** At most one of the two. */
    static final class Limit {
        @Option(names = "--once", description = "Until caught up with the WAL position at the start.")
        private boolean once;

        @Option(names = "--for", paramLabel = "DURATION", description = "For so long, for example 10m.")
        private Optional<String> time = Optional.empty();
    }

    @Override
    Outcome run(Workspace workspace, StopSignal stop) {
        PipeSync.Ended ended = new PipeSync(workspace, stop).run(extent());
        SyncResult result = ended.result();
        String message = String.format(
                "%s in %.1f s, confirmed %s.",
                result.counts(), result.seconds(), result.confirmed().asString());
        if (ended.pausedBy().isPresent()) {
            return new Outcome(
                    DONE,
                    PipeStatus.PAUSED.label(),
                    message + " Paused by " + ended.pausedBy().get() + "; the slot keeps the changes until resume.");
        }
        boolean interrupted = result.stopped() && stop.isRequested();
        return new Outcome(interrupted ? Shutdown.STOPPED : DONE, PipeStatus.RUNNING.label(), message);
    }

    private Extent extent() {
        if (limit.once) {
            return new Extent.Once();
        }
        if (limit.time.isEmpty()) {
            return new Extent.UntilStopped();
        }
        return new Extent.For(DurationText.parse(limit.time.get())
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--for takes a duration such as 90s, 10m or 2h, not " + limit.time.get())));
    }
}
