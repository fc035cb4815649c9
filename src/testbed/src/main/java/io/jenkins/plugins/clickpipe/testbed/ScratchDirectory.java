package io.jenkins.plugins.clickpipe.testbed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/**
 * A private directory for one server, and the watchdog that tidies up when this JVM cannot.
 *
 * <p>The watchdog is a shell whose standard input is a pipe held by this JVM. The kernel closes the pipe however the
 * JVM ends, {@code kill -9} included; the watchdog then ends the server named last by {@link #guard} and removes the
 * directory. The shell ignores the terminal's signals, so that Ctrl-C does not end it before its work.
 */
final class ScratchDirectory implements AutoCloseable {
    private static final int DELETE_ATTEMPTS = 20;

    /** Lines on standard input: {@code SIGNAL PID-OR-FILE}, {@code NONE}, {@code DONE}; the last one counts. */
    private static final String WATCHDOG =
            """
            trap '' INT TERM HUP
            dir=$1 signal=NONE target=
            while read -r s t; do signal=$s target=$t; done
            case $signal in
              DONE) exit 0 ;;
              NONE) ;;
              *)
                case $target in
                  /*)
                    for i in 1 2 3 4 5 6; do [ -s "$target" ] && break; sleep 0.5; done
                    target=$(head -n 1 "$target" 2>/dev/null) ;;
                esac
                if [ -n "$target" ]; then
                  kill -s "$signal" "$target" 2>/dev/null
                  for i in 1 2 3 4 5 6 7 8 9 10; do kill -s 0 "$target" 2>/dev/null || break; sleep 0.3; done
                  kill -s KILL "$target" 2>/dev/null
                fi ;;
            esac
            for i in 1 2 3 4 5 6 7 8 9 10; do rm -rf -- "$dir"; [ -e "$dir" ] || break; sleep 0.5; done
            """;

    private final Path path;
    private final Process watchdog;

    private ScratchDirectory(Path path, Process watchdog) {
        this.path = path;
        this.watchdog = watchdog;
    }

    /** Makes a directory readable by its owner alone, below the system's temporary directory. */
    static ScratchDirectory create(String server) {
        try {
            Path path = Files.createTempDirectory("clickpipe-" + server + "-").toRealPath();
            Process watchdog = new ProcessBuilder(
                            "/bin/sh", "-c", WATCHDOG, "clickpipe-testbed-watchdog", path.toString())
                    .directory(Path.of("/").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new ScratchDirectory(path, watchdog);
        } catch (IOException e) {
            throw new UncheckedIOException("No scratch directory for " + server, e);
        }
    }

    Path path() {
        return path;
    }

    /** From now on the watchdog ends this process. */
    void guard(String signal, long pid) {
        tell(signal + " " + pid);
    }

    /** From now on the watchdog ends the process whose number stands in the first line of a file. */
    void guard(String signal, Path pidFile) {
        tell(signal + " " + pidFile);
    }

    /** The server has been stopped; its number may soon belong to another process. */
    void unguard() {
        tell("NONE");
    }

    private void tell(String line) {
        try {
            OutputStream out = watchdog.getOutputStream();
            out.write((line + "\n").getBytes(UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("The watchdog of " + path + " is gone", e);
        }
    }

    /** Removes the directory and lets the watchdog go; the server must have ended. */
    @Override
    public void close() {
        for (int attempt = 1; ; attempt++) {
            try {
                deleteTree(path);
                tell("DONE");
                watchdog.getOutputStream().close();
                return;
            } catch (IOException e) {
                if (attempt == DELETE_ATTEMPTS) {
                    throw new UncheckedIOException("Could not remove " + path, e);
                }
            }
        }
    }

    /** Copies files with their rights; what was in the copy's place before goes. */
    static void copyTree(Path from, Path to) {
        try {
            deleteTree(to);
            try (Stream<Path> paths = Files.walk(from)) {
                for (Path path : (Iterable<Path>) paths::iterator) {
                    Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
