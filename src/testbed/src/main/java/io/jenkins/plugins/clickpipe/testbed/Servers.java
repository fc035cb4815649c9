package io.jenkins.plugins.clickpipe.testbed;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * A PostgreSQL and a ClickHouse server: embedded ones, or outside ones named by environment variables
 * ({@value #POSTGRES_VARIABLE}, {@value #CLICKHOUSE_VARIABLE}), each for itself.
 *
 * <p>An outside server needs one user with all rights, which then is the pipe's user as well.
 */
public final class Servers implements AutoCloseable {
    /** {@code postgres://user:password@host:port}; special characters percent-encoded. */
    public static final String POSTGRES_VARIABLE = "CLICKPIPE_TESTBED_POSTGRES_URL";

    /** {@code http://user:password@host:port}; special characters percent-encoded. */
    public static final String CLICKHOUSE_VARIABLE = "CLICKPIPE_TESTBED_CLICKHOUSE_URL";

    private final Optional<PostgresServer> postgres;
    private final Optional<PostgresEndpoint> outsidePostgres;
    private final Optional<ClickHouseServer> clickHouse;
    private final Optional<ClickHouseEndpoint> outsideClickHouse;

    private Servers(
            Optional<PostgresServer> postgres,
            Optional<PostgresEndpoint> outsidePostgres,
            Optional<ClickHouseServer> clickHouse,
            Optional<ClickHouseEndpoint> outsideClickHouse) {
        this.postgres = postgres;
        this.outsidePostgres = outsidePostgres;
        this.clickHouse = clickHouse;
        this.outsideClickHouse = outsideClickHouse;
    }

    /** Starts both servers at the same time; if one fails, the other is stopped. */
    public static Servers start() {
        return start(System.getenv());
    }

    static Servers start(Map<String, String> environment) {
        Optional<PostgresEndpoint> outsidePostgres =
                variable(environment, POSTGRES_VARIABLE).map(Servers::postgresEndpoint);
        Optional<ClickHouseEndpoint> outsideClickHouse =
                variable(environment, CLICKHOUSE_VARIABLE).map(Servers::clickHouseEndpoint);
        CompletableFuture<Optional<PostgresServer>> postgres =
                startUnless(outsidePostgres.isPresent(), PostgresServer::start);
        CompletableFuture<Optional<ClickHouseServer>> clickHouse =
                startUnless(outsideClickHouse.isPresent(), ClickHouseServer::start);
        try {
            CompletableFuture.allOf(postgres, clickHouse).join();
            return new Servers(postgres.join(), outsidePostgres, clickHouse.join(), outsideClickHouse);
        } catch (CompletionException e) {
            closeIfStarted(postgres);
            closeIfStarted(clickHouse);
            if (e.getCause() instanceof TestbedException cause) {
                throw cause;
            }
            throw new TestbedException("The servers did not start: " + e.getCause(), e.getCause());
        }
    }

    /** The pair that all tests of this JVM use; it is started by the first call and ends with the JVM. */
    public static Servers shared() {
        return Shared.SERVERS.get();
    }

    /** Superuser of PostgreSQL. */
    public PostgresEndpoint postgresAdmin() {
        return postgres.map(PostgresServer::admin).or(() -> outsidePostgres).orElseThrow();
    }

    /** The role that pipes use. */
    public PostgresEndpoint postgresPipeUser() {
        return postgres.map(PostgresServer::pipeUser).or(() -> outsidePostgres).orElseThrow();
    }

    /** The user with all rights in ClickHouse. */
    public ClickHouseEndpoint clickHouseAdmin() {
        return clickHouse
                .map(ClickHouseServer::admin)
                .or(() -> outsideClickHouse)
                .orElseThrow();
    }

    /** The user that pipes use. */
    public ClickHouseEndpoint clickHousePipeUser() {
        return clickHouse
                .map(ClickHouseServer::pipeUser)
                .or(() -> outsideClickHouse)
                .orElseThrow();
    }

    /** @throws TestbedException for an outside server, which cannot be killed or restarted */
    public PostgresServer postgres() {
        return postgres.orElseThrow(() -> new TestbedException(
                "The PostgreSQL server is an outside one; unset " + POSTGRES_VARIABLE + " for what needs its own."));
    }

    /** @throws TestbedException for an outside server, which cannot be killed or restarted */
    public ClickHouseServer clickHouse() {
        return clickHouse.orElseThrow(() -> new TestbedException(
                "The ClickHouse server is an outside one; unset " + CLICKHOUSE_VARIABLE + " for what needs its own."));
    }

    /** Stops the embedded servers. */
    @Override
    public void close() {
        try {
            clickHouse.ifPresent(ClickHouseServer::close);
        } finally {
            postgres.ifPresent(PostgresServer::close);
        }
    }

    static PostgresEndpoint postgresEndpoint(String url) {
        URI uri = uri(POSTGRES_VARIABLE, url, "postgres://user:password@host:port");
        String[] user = userInfo(uri);
        return new PostgresEndpoint(uri.getHost(), uri.getPort() < 0 ? 5432 : uri.getPort(), user[0], user[1]);
    }

    static ClickHouseEndpoint clickHouseEndpoint(String url) {
        URI uri = uri(CLICKHOUSE_VARIABLE, url, "http://user:password@host:port");
        String[] user = userInfo(uri);
        int port = uri.getPort() < 0 ? 8123 : uri.getPort();
        return new ClickHouseEndpoint(uri.getScheme() + "://" + uri.getHost() + ":" + port, user[0], user[1]);
    }

    private static URI uri(String variable, String url, String form) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            uri = URI.create("none");
        }
        if (uri.getHost() == null || uri.getRawUserInfo() == null) {
            // not the value: it holds a password
            throw new TestbedException(variable + " must have the form " + form + ".");
        }
        return uri;
    }

    private static String[] userInfo(URI uri) {
        String[] parts = uri.getRawUserInfo().split(":", 2);
        return new String[] {decode(parts[0]), parts.length == 2 ? decode(parts[1]) : ""};
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static <T> CompletableFuture<Optional<T>> startUnless(boolean outside, Supplier<T> start) {
        if (outside) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletableFuture<Optional<T>> future = new CompletableFuture<>();
        Thread starter = new Thread(
                () -> {
                    try {
                        future.complete(Optional.of(start.get()));
                    } catch (Throwable e) {
                        future.completeExceptionally(e);
                    }
                },
                "testbed-start");
        starter.setDaemon(true);
        starter.start();
        return future;
    }

    private static <T extends AutoCloseable> void closeIfStarted(CompletableFuture<Optional<T>> future) {
        try {
            Optional<T> server = requireNonNull(future).join();
            if (server.isPresent()) {
                server.get().close();
            }
        } catch (Exception alreadyReported) {
            // this is the one that failed, or its stopping, which the watchdog repeats
        }
    }

    /** One attempt a JVM: a machine without a network must not try for each test class anew. */
    private static final class Shared {
        static final Supplier<Servers> SERVERS = create();

        private static Supplier<Servers> create() {
            try {
                Servers servers = start();
                Runtime.getRuntime().addShutdownHook(new Thread(servers::close, "testbed-stop"));
                return () -> servers;
            } catch (RuntimeException e) {
                return () -> {
                    throw new TestbedException(e.getMessage(), e);
                };
            }
        }
    }
}
