package io.jenkins.plugins.clickpipe.pages;

import hudson.security.AccessControlled;
import io.jenkins.plugins.clickpipe.ClickPipePermissions;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.jobs.ResyncJobs;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import io.jenkins.plugins.clickpipe.status.VisibleJobs;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import jenkins.model.Jenkins;

/**
 * Who may see which pipe. Somebody sees a pipe when he may read at least one job whose builds worked on it or whose build steps resync it, or has
 * Overall/SystemRead (which Overall/Administer implies) or ClickPipe/Configure for all of Jenkins. For anybody else the
 * pipe is not there: its pages answer 404, so that names cannot be guessed. The ids of credentials and the address of
 * the configuration are shown only to those who see all pipes.
 */
final class PipeAccess {
    private PipeAccess() {}

    /** Whether the present user sees all pipes, and all of their settings. */
    static boolean seesAll() {
        AccessControlled jenkins = Jenkins.get();
        return jenkins.hasAnyPermission(Jenkins.SYSTEM_READ, ClickPipePermissions.CONFIGURE);
    }

    /** Whether the present user sees the pipe, which builds know or the configuration names. */
    static boolean sees(PipeId pipe) {
        return sees(pipe, seesAll() ? Set.of() : ResyncJobs.get().pipesOfSteps());
    }

    /** @param ofSteps the pipes that build steps resync which the present user may read */
    private static boolean sees(PipeId pipe, Set<PipeId> ofSteps) {
        PipeRecord record = PipeRecords.get().record(pipe);
        boolean known = !record.jobs().isEmpty()
                || pipe.folder().isEmpty()
                        && ClickPipesConfiguration.get().pipe(pipe.name()).isPresent();
        return known
                && (seesAll() || record.jobs().stream().anyMatch(VisibleJobs::isVisible) || ofSteps.contains(pipe));
    }

    /** The records of the pipes that the present user sees, by name. */
    static List<PipeRecord> visible() {
        TreeSet<PipeId> pipes = new TreeSet<>();
        PipeRecords.get().all().forEach(record -> pipes.add(record.id()));
        ClickPipesConfiguration.get().getPipes().stream()
                .map(Pipe::getName)
                .map(PipeId::configured)
                .forEach(pipes::add);
        Set<PipeId> ofSteps = seesAll() ? Set.of() : ResyncJobs.get().pipesOfSteps();
        return pipes.stream()
                .filter(pipe -> sees(pipe, ofSteps))
                .map(PipeRecords.get()::record)
                .toList();
    }
}
