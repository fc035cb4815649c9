package io.jenkins.plugins.clickpipe.process;

import hudson.remoting.VirtualChannel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import jenkins.MasterToSlaveFileCallable;

/**
 * Asks the engine of a run's directory to stop, or ends it at once, or only looks whether it is there. A process with
 * the same number that does not run the engine's jar is left alone. Windows has no such numbers; there it never finds one.
 */
final class StopEngine extends MasterToSlaveFileCallable<Boolean> {
    private static final long serialVersionUID = 1L;

    /** How much is done to the process. */
    enum Force {
        NONE,
        ASK,
        END
    }

    private final Force force;

    StopEngine(Force force) {
        this.force = force;
    }

    /** Whether there is a process. */
    @Override
    public Boolean invoke(File directory, VirtualChannel channel) throws IOException {
        Optional<ProcessHandle> engine = find(directory.toPath().resolve(EngineScript.PROCESS_ID));
        engine.ifPresent(process -> {
            switch (force) {
                case ASK -> process.destroy();
                case END -> process.destroyForcibly();
                case NONE -> {
                    // found, and that was asked
                }
            }
        });
        return engine.isPresent();
    }

    private static Optional<ProcessHandle> find(Path file) throws IOException {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(file).trim()))
                    .filter(process -> process.info()
                            .commandLine()
                            .filter(line -> line.contains(EngineJar.NAME))
                            .isPresent());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (NumberFormatException e) {
            throw new IOException(file + " holds no process number", e);
        }
    }
}
