package io.jenkins.plugins.clickpipe.process;

import hudson.remoting.VirtualChannel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import jenkins.MasterToSlaveFileCallable;

/** Ends the engine of a run's directory at once, when it did not follow a polite request. */
final class KillEngine extends MasterToSlaveFileCallable<Boolean> {
    private static final long serialVersionUID = 1L;

    /** Whether there was a process to end. One with the same number that is no Java is left alone. */
    @Override
    public Boolean invoke(File directory, VirtualChannel channel) throws IOException {
        Path file = directory.toPath().resolve(EngineScript.PROCESS_ID);
        try {
            long id = Long.parseLong(Files.readString(file).trim());
            return ProcessHandle.of(id)
                    .filter(process -> process.info()
                            .command()
                            .map(command -> command.contains("java"))
                            .orElse(false))
                    .map(ProcessHandle::destroyForcibly)
                    .orElse(false);
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
