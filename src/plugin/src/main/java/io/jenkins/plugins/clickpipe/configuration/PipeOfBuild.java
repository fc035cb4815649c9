package io.jenkins.plugins.clickpipe.configuration;

import static java.util.Objects.requireNonNull;

import hudson.AbortException;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.clickpipe.process.PipeInput;
import io.jenkins.plugins.clickpipe.process.PipeSource;
import io.jenkins.plugins.clickpipe.status.PipeId;
import java.util.Optional;

/** The pipe of a build: one of the configuration by its name, or one that a step of its job defines. */
public final class PipeOfBuild implements PipeSource {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final Pipe definition;

    /** @param definition null for a pipe of the configuration */
    public PipeOfBuild(String name, Pipe definition) {
        this.name = requireNonNull(name);
        this.definition = definition;
    }

    /** The pipe when a step defines it; empty for one of the configuration. */
    public Optional<Pipe> definition() {
        return Optional.ofNullable(definition);
    }

    @Override
    public PipeId id(Job<?, ?> job) {
        return definition == null ? PipeId.configured(name) : PipeId.definedIn(job, name);
    }

    @Override
    public PipeInput input(Run<?, ?> run) throws AbortException {
        Pipe pipe = definition()
                .or(() -> ClickPipesConfiguration.get().pipe(name))
                .orElseThrow(() -> new AbortException("There is no ClickPipe named " + name
                        + ". Pipes are added in Manage Jenkins, System, ClickPipes."));
        PipeLogins logins = PipeLogins.of(run);
        return definition == null ? logins.input(pipe) : logins.input(pipe, folderOf(run.getParent()));
    }

    private static String folderOf(Job<?, ?> job) {
        String folder = job.getParent().getFullName();
        return folder.isEmpty() ? "Jenkins jobs outside of folders" : "Jenkins folder " + folder;
    }

    @Override
    public Optional<String> setting(String setting) {
        return definition()
                .or(() -> ClickPipesConfiguration.get().pipe(name))
                .map(Pipe::getSettings)
                .map(settings -> settings.named().get(setting))
                .map(String::valueOf);
    }
}
