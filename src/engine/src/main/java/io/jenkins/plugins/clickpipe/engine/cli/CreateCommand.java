package io.jenkins.plugins.clickpipe.engine.cli;

import picocli.CommandLine.Command;

@Command(
        name = "create",
        description = "Makes the pipe: loads its tables for the first time and, with cdc, goes on from a new slot.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class CreateCommand extends LoadCommand {
    @Override
    boolean mustBeNew() {
        return true;
    }
}
