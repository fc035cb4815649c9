package io.jenkins.plugins.clickpipe.control;

import static java.util.Objects.requireNonNull;

import hudson.AbortException;
import hudson.model.Job;
import hudson.model.Node;
import hudson.model.Run;
import io.jenkins.plugins.clickpipe.ClickPipePermissions;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.PipeLogins;
import io.jenkins.plugins.clickpipe.jobs.ResyncJobs;
import io.jenkins.plugins.clickpipe.process.PipeInput;
import io.jenkins.plugins.clickpipe.process.PipeSource;
import io.jenkins.plugins.clickpipe.process.ResyncAction;
import io.jenkins.plugins.clickpipe.status.PipeId;
import java.util.Optional;

/**
 * A pipe for a command that no build gives: as the configuration has it, with Jenkins' own passwords; else as a job's last
 * resync had it, with that build's.
 */
record ControlledPipe(PipeInput input, Node node) {
    private static final int MOST_BUILDS = 10;

    ControlledPipe {
        requireNonNull(input);
        requireNonNull(node);
    }

    /** @throws AbortException when there is no such pipe, or nobody's passwords for it that the present user may use */
    static ControlledPipe find(PipeId pipe) throws AbortException {
        Optional<Pipe> configured =
                pipe.folder().isEmpty() ? ClickPipesConfiguration.get().pipe(pipe.name()) : Optional.empty();
        if (configured.isEmpty()) {
            return ofBuild(pipe)
                    .orElseThrow(
                            () -> new AbortException("No job that you may start has a build that tells how ClickPipe "
                                    + pipe.name() + " is defined. Resync it once."));
        }
        try {
            PipeInput input = PipeLogins.ofJenkins().input(configured.get());
            return new ControlledPipe(input, node(configured.get()));
        } catch (AbortException e) {
            return ofBuild(pipe).orElseThrow(() -> e);
        }
    }

    private static Node node(Pipe pipe) throws AbortException {
        return pipe.syncNode()
                .orElseThrow(() -> new AbortException("No node with the label " + pipe.getSyncLabel()
                        + " is connected. Connect one, or choose another label for the pipe."));
    }

    private static Optional<ControlledPipe> ofBuild(PipeId pipe) throws AbortException {
        for (Job<?, ?> job : ResyncJobs.get().jobs(pipe)) {
            Optional<ResyncAction> last =
                    job.hasPermission(ClickPipePermissions.RESYNC) ? last(job, pipe) : Optional.empty();
            if (last.isPresent()) {
                PipeSource source = last.get().source().orElseThrow();
                return Optional.of(new ControlledPipe(
                        source.input(last.get().getRun()), last.get().engineNode()));
            }
        }
        return Optional.empty();
    }

    private static Optional<ResyncAction> last(Job<?, ?> job, PipeId pipe) {
        Run<?, ?> run = job.getLastBuild();
        for (int i = 0; i < MOST_BUILDS && run != null; i++) {
            Optional<ResyncAction> found = run.getActions(ResyncAction.class).stream()
                    .filter(action ->
                            action.getId().equals(pipe) && action.source().isPresent())
                    .findFirst();
            if (found.isPresent()) {
                return found;
            }
            run = run.getPreviousBuild();
        }
        return Optional.empty();
    }
}
