package io.jenkins.plugins.clickpipe.jobs;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.process.ResyncAction;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import java.util.Optional;

/**
 * What is known of a job's resync of a pipe before it starts: by its build step, or as a build of a Pipeline was last.
 *
 * @param tables how many the last resync loaded; 0 when that is not known
 * @param pattern of the source tables that it is limited to
 * @param keepOriginalLive the setting, when it has a value of its own for this resync
 * @param definition the pipe, when the step defines it
 */
record KnownResync(
        int tables, Optional<String> pattern, Optional<Boolean> keepOriginalLive, Optional<Pipe> definition) {
    KnownResync {
        requireNonNull(pattern);
        requireNonNull(keepOriginalLive);
        requireNonNull(definition);
    }

    static KnownResync of(ResyncBuilder step) {
        return new KnownResync(
                0,
                Optional.ofNullable(step.getTables()),
                Optional.ofNullable(step.getSettings()).map(settings -> settings.getKeepOriginalLive()),
                Optional.ofNullable(step.getDefinition()));
    }

    static KnownResync of(ResyncAction last) {
        return new KnownResync(
                last.getTables(),
                Optional.ofNullable(last.getTablePattern()),
                Optional.ofNullable(last.getKeepOriginalLive()),
                Optional.empty());
    }

    /** A resync of the same tables tells how many there are. */
    KnownResync withTablesOf(KnownResync other) {
        return pattern.equals(other.pattern)
                ? new KnownResync(other.tables, pattern, keepOriginalLive, definition)
                : this;
    }
}
