package io.jenkins.plugins.clickpipe.testbed.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** ClickHouse behind a door that refuses statements, in the words in which the server denies access. */
final class RefusingTarget implements AutoCloseable {
    private static final Set<String> HOP_BY_HOP =
            Set.of("host", "connection", "content-length", "transfer-encoding", "expect", "upgrade");

    private final ClickHouseEndpoint behind;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile Predicate<String> refused = statement -> false;

    private RefusingTarget(ClickHouseEndpoint behind) throws IOException {
        this.behind = behind;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::pass);
        server.setExecutor(threads);
        server.start();
    }

    static RefusingTarget before(ClickHouseEndpoint behind) throws IOException {
        return new RefusingTarget(behind);
    }

    ClickHouseEndpoint endpoint() {
        return behind.throughPort(server.getAddress().getPort());
    }

    /** From now on these statements are denied. */
    void refuse(Predicate<String> statements) {
        refused = statements;
    }

    private void pass(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String head = new String(body, 0, Math.min(body.length, 4096), StandardCharsets.UTF_8);
        if (refused.test(head)) {
            byte[] text = "Code: 497. DB::Exception: pipe: Not enough privileges. (ACCESS_DENIED)"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("X-ClickHouse-Exception-Code", "497");
            answer(exchange, 403, text);
            return;
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(behind.url() + exchange.getRequestURI().toString()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            response.headers().map().forEach((name, values) -> {
                if (!HOP_BY_HOP.contains(name) && !name.equals("keep-alive")) {
                    exchange.getResponseHeaders().put(name, List.copyOf(values));
                }
            });
            answer(exchange, response.statusCode(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.close();
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
