package io.jenkins.plugins.clickpipe.engine.cli;

import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands and hands those that work on a pipe the means to be stopped. */
final class Commands implements IFactory {
    private final Shutdown shutdown;

    Commands(Shutdown shutdown) {
        this.shutdown = Objects.requireNonNull(shutdown);
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        K made = CommandLine.defaultFactory().create(type);
        if (made instanceof PipeCommand command) {
            command.shutdown(shutdown);
        }
        return made;
    }
}
