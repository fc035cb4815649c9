package io.jenkins.plugins.clickpipe.engine.cli;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.util.Locale;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The engine's command line. */
@Command(
        name = "clickpipe-resync-engine",
        description = "Resyncs PostgreSQL into ClickHouse: a pipe's tables are loaded again under one snapshot,"
                + " verified, and swapped in atomically.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed; the message says what readers see and what to do next",
            "2:bad command or pipe file",
            "3:verification refused the swap",
            "130:stopped by a signal, cleaned up"
        },
        subcommands = {
            CheckCommand.class,
            PlanCommand.class,
            CreateCommand.class,
            ResyncCommand.class,
            SyncCommand.class,
            StatusCommand.class,
            ApproveCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            RollbackCommand.class,
            DropCommand.class,
            AdoptCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] args) {
        // Numbers, SQL and log lines are the same on every machine: some locales have digits of their own.
        Locale.setDefault(Locale.ROOT);
        Shutdown shutdown = new Shutdown(Thread.currentThread());
        CommandLine commandLine = commandLine(shutdown);
        int exitCode = PipeCommand.FAILED;
        try {
            exitCode = commandLine.execute(args);
        } catch (Error e) {
            System.err.println(EngineException.of(e).getMessage());
        }
        System.exit(shutdown.finished(exitCode));
    }

    static CommandLine commandLine(Shutdown shutdown) {
        return new CommandLine(new Main(), new Commands(shutdown))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((fault, command, parsed) -> {
                    throw fault;
                });
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Name a command.");
    }

    /** The version from the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"clickpipe-resync-engine " + Objects.requireNonNullElse(version, "(not from a jar)")};
        }
    }
}
