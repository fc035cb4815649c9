package io.jenkins.plugins.clickpipe.process;

import hudson.remoting.VirtualChannel;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import jenkins.MasterToSlaveFileCallable;

/**
 * Makes a run's directory on the agent and puts the pipe file into it, both for their owner alone from the first moment
 * on. The script that starts the engine deletes the file before the engine's first line of log.
 */
final class HandOver extends MasterToSlaveFileCallable<Void> {
    private static final long serialVersionUID = 1L;

    private final String pipeFile;

    HandOver(String pipeFile) {
        this.pipeFile = pipeFile;
    }

    @Override
    public Void invoke(File directory, VirtualChannel channel) throws IOException {
        Path made = directory.toPath();
        Path parent = made.getParent();
        if (parent == null) {
            throw new IOException(directory + " lies in no directory");
        }
        boolean posix = made.getFileSystem().supportedFileAttributeViews().contains("posix");
        Files.createDirectories(parent);
        Files.createDirectory(made, owner(posix, "rwx------"));
        Path file = Files.createFile(made.resolve(EngineScript.PIPE_FILE), owner(posix, "rw-------"));
        Files.writeString(file, pipeFile, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
        return null;
    }

    /** On Windows the file takes the rights of the agent's own directory. */
    private static FileAttribute<?>[] owner(boolean posix, String rights) {
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }
}
