package io.jenkins.plugins.clickpipe.sync;

import hudson.Extension;
import hudson.model.AdministrativeMonitor;
import hudson.security.Permission;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import jenkins.model.Jenkins;

/** Tells administrators which pipes are Failed, fall behind, or have PostgreSQL keep too much WAL. */
@Extension
public final class SyncMonitor extends AdministrativeMonitor {
    private final Clock clock = Clock.systemUTC();

    @Override
    public String getDisplayName() {
        return Messages.SyncMonitor_DisplayName();
    }

    @Override
    public Permission getRequiredPermission() {
        return Jenkins.ADMINISTER;
    }

    @Override
    public boolean isActivated() {
        return !getTroubles().isEmpty();
    }

    /** Those of all pipes that Jenkins knows, by name. */
    public List<Trouble> getTroubles() {
        TreeSet<PipeId> pipes = new TreeSet<>();
        PipeRecords.get().all().forEach(record -> pipes.add(record.id()));
        ClickPipesConfiguration configuration = ClickPipesConfiguration.get();
        configuration.getPipes().forEach(pipe -> pipes.add(PipeId.configured(pipe.getName())));
        Diagnosis diagnosis = new Diagnosis(
                clock.instant(),
                Duration.ofMinutes(configuration.alertMinutes()),
                (long) configuration.alertMegabytes() << 20);
        return pipes.stream().flatMap(pipe -> trouble(pipe, diagnosis).stream()).toList();
    }

    private static Optional<Trouble> trouble(PipeId pipe, Diagnosis diagnosis) {
        Optional<Pipe> kept = pipe.folder().isEmpty()
                ? ClickPipesConfiguration.get().pipe(pipe.name()).filter(Pipe::isKeepInSync)
                : Optional.empty();
        return kept.flatMap(configured ->
                        diagnosis.ofSyncs(pipe, KeepInSync.get().record(pipe.name()), KeepInSync.interval(configured)))
                .or(() -> diagnosis.ofRecord(PipeRecords.get().record(pipe)));
    }
}
