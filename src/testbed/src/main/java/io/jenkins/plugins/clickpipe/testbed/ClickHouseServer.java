package io.jenkins.plugins.clickpipe.testbed;

import com.sun.jna.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A ClickHouse server of this JVM's own, on a free loopback port, with a new directory that goes with it.
 *
 * <p>It is a child process (a small JVM, see {@link ClickHouseChild}), about 270 MB resident at rest. It ends within
 * seconds when this JVM ends, however that happens. Users: an admin, and {@link #pipeUser()} with what a pipe needs.
 *
 * <p>Its {@code default} database is an Overlay, so make one of your own. It has no ON CLUSTER, replicated tables,
 * Keeper, {@code system.part_log} or transactions.
 */
public final class ClickHouseServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final int RESTART_ATTEMPTS = 5;

    private final Path library;
    private final ZoneId zone;
    private final ScratchDirectory directory;
    private final String adminPassword;
    private final String pipePassword;

    private Process process;
    private int port;

    private ClickHouseServer(Path library, ZoneId zone, String adminPassword, String pipePassword) {
        this.library = library;
        this.zone = zone;
        this.adminPassword = adminPassword;
        this.pipePassword = pipePassword;
        this.directory = ScratchDirectory.create("clickhouse");
    }

    public static ClickHouseServer start() {
        return start(Map.of());
    }

    /**
     * @param serverSettings server settings by name, beside the test bed's own
     * @throws TestbedException if ClickHouse is not in the cache and cannot be fetched, or does not start
     */
    public static ClickHouseServer start(Map<String, String> serverSettings) {
        return start(serverSettings, ZoneOffset.UTC, List.of());
    }

    /**
     * The same.
     *
     * @param zone the server's own time zone
     * @param users further users, see {@link #user}
     */
    public static ClickHouseServer start(Map<String, String> serverSettings, ZoneId zone, List<ClickHouseUser> users) {
        ClickHouseServer server = new ClickHouseServer(
                ClickHouseLibrary.ofThisMachine().resolve(), zone, Passwords.next(), Passwords.next());
        return launch(server, serverSettings, users);
    }

    /** A further server whose users have the passwords of another one's. */
    static ClickHouseServer startWithUsersOf(ClickHouseServer other) {
        ClickHouseServer server =
                new ClickHouseServer(other.library, other.zone, other.adminPassword, other.pipePassword);
        return launch(server, Map.of(), List.of());
    }

    private static ClickHouseServer launch(
            ClickHouseServer server, Map<String, String> serverSettings, List<ClickHouseUser> users) {
        try {
            ClickHouseConfiguration.write(
                    server.directory.path(), server.admin(), server.pipeUser(), serverSettings, users);
            server.launch();
            return server;
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException("ClickHouse could not be configured", e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** All rights. */
    public ClickHouseEndpoint admin() {
        return new ClickHouseEndpoint(url(), "admin", adminPassword);
    }

    /** The rights on tables that a pipe needs; no right to make or drop databases, users or sources. */
    public ClickHouseEndpoint pipeUser() {
        return new ClickHouseEndpoint(url(), "clickpipe", pipePassword);
    }

    /** A further user that the server was started with. */
    public ClickHouseEndpoint user(ClickHouseUser user) {
        return new ClickHouseEndpoint(url(), user.name(), pipePassword);
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public String user() {
        return admin().user();
    }

    public String password() {
        return adminPassword;
    }

    public void createDatabase(String name) {
        admin().createDatabase(name);
    }

    public void execute(String sql) {
        admin().execute(sql);
    }

    public List<List<String>> query(String sql) {
        return admin().query(sql);
    }

    /** The child's process number; it changes with each start. */
    public synchronized long pid() {
        return process.pid();
    }

    /** Ends the server by SIGKILL. Its data stay for {@link #startAgain()}; memory tables are lost. */
    public synchronized void kill() {
        if (process == null) {
            return;
        }
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new TestbedException("ClickHouse, process " + process.pid() + ", did not end on SIGKILL");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestbedException("Interrupted while ClickHouse ended", e);
        }
        directory.unguard();
        process = null;
    }

    /** Starts a killed server on its former port, with its former data and users. */
    public synchronized void startAgain() {
        if (process != null) {
            throw new IllegalStateException("ClickHouse runs already");
        }
        for (int attempt = 1; ; attempt++) {
            try {
                launch();
                return;
            } catch (TestbedException e) {
                if (attempt == RESTART_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    public synchronized void restart() {
        kill();
        startAgain();
    }

    private synchronized void launch() {
        Path base = directory.path();
        Path portFile = base.resolve("port");
        try {
            Files.deleteIfExists(portFile);
            ProcessBuilder builder = new ProcessBuilder(command(base, portFile))
                    .directory(base.toFile())
                    .redirectErrorStream(true);
            builder.environment().put("TZ", zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId());
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("ClickHouse's process could not be started", e);
        }
        directory.guard("KILL", process.pid());
        LogTail log = LogTail.follow(process.getInputStream(), "clickhouse");
        try {
            port = awaitPort(portFile, log);
            admin().query("SELECT 1");
        } catch (RuntimeException e) {
            kill();
            throw e;
        }
    }

    private List<String> command(Path base, Path portFile) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + base,
                "-Djna.tmpdir=" + base,
                "-cp",
                codeSource(ClickHouseChild.class) + java.io.File.pathSeparator + codeSource(Native.class),
                ClickHouseChild.class.getName(),
                library.toString(),
                "clickhouse",
                "--path=" + base.resolve("data"),
                "--config-file=" + base.resolve("config.xml"),
                "--history_file=" + base.resolve("history"),
                "--log-level=error",
                "--listen_host=127.0.0.1",
                "--http_port=" + port,
                "--interactive",
                "--query",
                "SYSTEM START LISTEN HTTP; SELECT getServerPort('http_port') INTO OUTFILE '" + portFile + "' TRUNCATE");
    }

    private static Path codeSource(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("No path for the classes of " + type, e);
        }
    }

    /**
     * The port as the server itself names it once it listens. A busy port makes the engine print an exception and go
     * on as if nothing had happened.
     */
    private int awaitPort(Path portFile, LogTail log) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                if (Files.exists(portFile)) {
                    String text = Files.readString(portFile);
                    if (text.endsWith("\n")) {
                        return Integer.parseInt(text.strip());
                    }
                }
                if (process.waitFor(20, TimeUnit.MILLISECONDS) || log.text().contains("Received exception")) {
                    break;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TestbedException("Interrupted while ClickHouse started", e);
            }
        }
        throw new TestbedException("ClickHouse did not start to listen; its last words: "
                + (process.isAlive() ? log.text() : log.textAfterEnd()));
    }

    /** Ends the server and removes its data. */
    @Override
    public synchronized void close() {
        try {
            kill();
        } finally {
            directory.close();
        }
    }
}
