package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import hudson.FilePath;
import hudson.Util;
import hudson.remoting.VirtualChannel;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import jenkins.MasterToSlaveFileCallable;

/**
 * The engine as a node has it: its jar, the Java that runs the agent, and an archive of the engine's classes (JEP 350)
 * that the first resync on the node leaves behind. A start with the archive takes a third less CPU time; Java does
 * without one that does not fit. Nobody can add Java options.
 */
final class NodeEngine {
    /** They halve the CPU time of a load of some million rows, see docs/performance.md. */
    private static final List<String> FEW_THREADS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final List<String> ENCODINGS = List.of(
            "-Dfile.encoding=UTF-8",
            "-Dstdout.encoding=UTF-8",
            "-Dstderr.encoding=UTF-8",
            "-Dsun.stdout.encoding=UTF-8",
            "-Dsun.stderr.encoding=UTF-8");

    /** Standard output is the engine's alone. */
    private static final String SILENT_ARCHIVE = "-Xlog:cds*=off";

    private final String java;
    private final String jar;
    private final FilePath classes;
    private final boolean archived;

    private NodeEngine(String java, String jar, FilePath classes, boolean archived) {
        this.java = requireNonNull(java);
        this.jar = requireNonNull(jar);
        this.classes = requireNonNull(classes);
        this.archived = archived;
    }

    /** The engine of a connected node, which gets the jar when it has none. */
    static NodeEngine on(FilePath nodeRoot) throws IOException, InterruptedException {
        FilePath jar = EngineJar.on(nodeRoot);
        Java java = nodeRoot.act(new JavaOfAgent());
        FilePath classes = EngineJar.home(nodeRoot).child("classes-" + Util.getDigestOf(java.version()) + ".jsa");
        return new NodeEngine(java.path(), jar.getRemote(), classes, classes.exists());
    }

    /** The command that starts it, without its own arguments. */
    List<String> command(int memory) {
        return command(memory, archived ? List.of("-XX:SharedArchiveFile=" + classes.getRemote()) : List.of());
    }

    /**
     * The same for a process that may have to make the archive, which takes it a second at its end.
     *
     * @param made where it leaves the archive, for {@link #keepClasses}
     */
    List<String> command(int memory, String made) {
        return archived ? command(memory) : command(memory, List.of("-XX:ArchiveClassesAtExit=" + made));
    }

    private List<String> command(int memory, List<String> archive) {
        return Stream.of(
                        Stream.of(java, "-Xmx" + memory + "m"),
                        FEW_THREADS.stream(),
                        archive.stream(),
                        archive.isEmpty() ? Stream.<String>empty() : Stream.of(SILENT_ARCHIVE),
                        ENCODINGS.stream(),
                        Stream.of("-jar", jar))
                .flatMap(part -> part)
                .toList();
    }

    /** Where the node keeps the archive. */
    String classes() {
        return classes.getRemote();
    }

    /** Keeps an archive that a process has made. A half copied file is never taken for it. */
    static void keepClasses(FilePath made, FilePath classes) throws IOException, InterruptedException {
        if (!made.exists() || classes.exists()) {
            return;
        }
        FilePath part = new FilePath(classes.getChannel(), classes.getRemote() + "-" + UUID.randomUUID() + ".part");
        try {
            made.copyTo(part);
            part.renameTo(classes);
        } finally {
            part.delete();
        }
    }

    /** @param version of the virtual machine: another one has another form of archive */
    private record Java(String path, String version) implements Serializable {}

    private static final class JavaOfAgent extends MasterToSlaveFileCallable<Java> {
        private static final long serialVersionUID = 1L;

        @Override
        public Java invoke(File directory, VirtualChannel channel) {
            String program = File.pathSeparatorChar == ';' ? "java.exe" : "java";
            List<String> version = new ArrayList<>();
            for (String property : List.of("java.vm.name", "java.vm.version", "java.home", "os.arch")) {
                version.add(System.getProperty(property));
            }
            return new Java(
                    Path.of(System.getProperty("java.home"), "bin", program).toString(), String.join(" ", version));
        }
    }
}
