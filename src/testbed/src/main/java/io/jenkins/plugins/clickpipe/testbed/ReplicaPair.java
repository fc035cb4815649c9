package io.jenkins.plugins.clickpipe.testbed;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Two embedded ClickHouse servers behind a balancer that stand for the replicas of one service: a table has one UUID on
 * both, DDL runs on both at once, an insert arrives on the first at once and on the second after a lag, and reads are
 * answered by whichever is to answer. The embedded server cannot replicate by itself.
 */
public final class ReplicaPair implements AutoCloseable {
    private static final Pattern CREATE = Pattern.compile(
            "(?is)\\s*CREATE TABLE (?:IF NOT EXISTS )?(?:`(?:[^`\\\\]|\\\\.)*`|[\\w.])+(?:\\.`(?:[^`\\\\]|\\\\.)*`)?");
    private static final Pattern DDL =
            Pattern.compile("(?is)\\s*(CREATE|ALTER|DROP|RENAME|EXCHANGE|TRUNCATE|OPTIMIZE|ATTACH|DETACH)\\b.*");
    private static final Pattern INSERT = Pattern.compile("(?is)\\s*INSERT\\b.*");
    private static final Set<String> HOP_BY_HOP =
            Set.of("connection", "content-length", "host", "transfer-encoding", "expect", "upgrade", "keep-alive");

    /** Who answers a read. */
    public enum Balance {
        /** The two in turn, request by request. */
        REQUESTS,
        /** The two in turn, connection by connection. */
        CONNECTIONS,
        /** The first alone, as a balancer that keeps a client on one server does. */
        FIRST,
        /** The second alone, as after the loss of the first. */
        SECOND
    }

    private final ClickHouseServer first;
    private final ClickHouseServer second;
    private final LaggingQueue lagging;
    private final HttpServer balancer;
    private final ExecutorService handlers = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "replica-balancer");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final AtomicInteger turn = new AtomicInteger();
    private final Map<InetSocketAddress, Integer> connections = new ConcurrentHashMap<>();
    private volatile Balance balance;

    private ReplicaPair(ClickHouseServer first, ClickHouseServer second, Duration lag, Balance balance) {
        this.first = first;
        this.second = second;
        this.lagging = new LaggingQueue(lag);
        this.balance = requireNonNull(balance);
        try {
            balancer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        } catch (IOException e) {
            throw new UncheckedIOException("No port for a balancer", e);
        }
        balancer.createContext("/", this::handle);
        balancer.setExecutor(handlers);
        balancer.start();
    }

    /** @param lag so much later an insert arrives on the second server */
    public static ReplicaPair start(Duration lag, Balance balance) {
        ClickHouseServer first = ClickHouseServer.start(Map.of(), ZoneOffset.UTC, List.of());
        try {
            return new ReplicaPair(first, ClickHouseServer.startWithUsersOf(first), lag, balance);
        } catch (RuntimeException e) {
            first.close();
            throw e;
        }
    }

    /** From now on. */
    public void balance(Balance to) {
        balance = requireNonNull(to);
    }

    /** From now on. */
    public void lag(Duration to) {
        lagging.lag(to);
    }

    /** Lets everything arrive on the second server now. */
    public void settle() {
        lagging.settle();
    }

    /** The pipe's user through the balancer. */
    public ClickHouseEndpoint pipeUser() {
        return first.pipeUser().throughPort(balancer.getAddress().getPort());
    }

    public ClickHouseServer first() {
        return first;
    }

    public ClickHouseServer second() {
        return second;
    }

    public void createDatabase(String name) {
        first.createDatabase(name);
        second.createDatabase(name);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String query = exchange.getRequestURI().getRawQuery();
            String inUrl = parameter(query, "query");
            String sql = inUrl.isEmpty() ? new String(body, StandardCharsets.UTF_8) : inUrl;
            HttpResponse<byte[]> answer;
            if (INSERT.matcher(sql).matches()) {
                answer = send(first, exchange, body);
                if (answer.statusCode() == 200) {
                    lagging.add(() -> sendQuietly(second, exchange, body));
                }
            } else if (DDL.matcher(sql).matches()) {
                byte[] statement = inUrl.isEmpty() ? withUuid(sql).getBytes(StandardCharsets.UTF_8) : body;
                lagging.settle();
                answer = send(first, exchange, statement);
                send(second, exchange, statement);
            } else {
                answer = send(reader(exchange), exchange, body);
            }
            answer.headers().map().forEach((name, values) -> {
                if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ClickHouseServer reader(HttpExchange exchange) {
        int number =
                switch (balance) {
                    case FIRST -> 0;
                    case SECOND -> 1;
                    case REQUESTS -> turn.getAndIncrement();
                    case CONNECTIONS ->
                        connections.computeIfAbsent(exchange.getRemoteAddress(), any -> turn.getAndIncrement());
                };
        return number % 2 == 0 ? first : second;
    }

    /** Both servers give the table the same identity. */
    private static String withUuid(String sql) {
        Matcher create = CREATE.matcher(sql);
        return create.lookingAt()
                ? sql.substring(0, create.end()) + " UUID '" + UUID.randomUUID() + "'" + sql.substring(create.end())
                : sql;
    }

    private void sendQuietly(ClickHouseServer to, HttpExchange exchange, byte[] body) {
        try {
            HttpResponse<byte[]> answer = send(to, exchange, body);
            if (answer.statusCode() != 200) {
                throw new TestbedException(
                        "The second server refused what the first accepted: " + new String(answer.body()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<byte[]> send(ClickHouseServer to, HttpExchange exchange, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(to.url() + exchange.getRequestURI().toString()))
                .timeout(Duration.ofMinutes(5));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return http.send(
                request.method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String parameter(String query, String name) {
        if (query != null) {
            for (String pair : query.split("&")) {
                if (pair.startsWith(name + "=")) {
                    return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
                }
            }
        }
        return "";
    }

    @Override
    public void close() {
        balancer.stop(0);
        handlers.shutdownNow();
        lagging.close();
        try {
            first.close();
        } finally {
            second.close();
        }
    }
}
