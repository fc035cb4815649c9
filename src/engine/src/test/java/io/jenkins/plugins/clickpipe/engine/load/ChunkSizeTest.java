package io.jenkins.plugins.clickpipe.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.clickpipe.engine.definition.Secret;
import io.jenkins.plugins.clickpipe.engine.definition.TargetServer;
import io.jenkins.plugins.clickpipe.engine.load.ChunkSender.Destination;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.types.RowFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers as ClickHouse does when it has too little memory. */
class ChunkSizeTest {
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private int refusals;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String asked = new String(exchange.getRequestBody().readAllBytes());
        if (asked.contains("system.settings")) {
            String names = asked.contains("AS names") ? "{\"names\":\"\"}" : "";
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(names.getBytes());
            exchange.close();
            return;
        }
        String rows = asked;
        String query = exchange.getRequestURI().getQuery();
        requests.add(query.replaceAll(".*insert_deduplication_token=([^&]*).*", "$1") + " " + rows);
        if (requests.size() <= refusals) {
            exchange.getResponseHeaders().add("X-ClickHouse-Exception-Code", "241");
            exchange.sendResponseHeaders(500, 0);
            exchange.getResponseBody().write("Code: 241. DB::Exception: Memory limit exceeded".getBytes());
        } else {
            exchange.sendResponseHeaders(200, -1);
        }
        exchange.close();
    }

    @Test
    void aServerWithTooLittleMemoryGetsSmallerChunksAfterTheOneThatHasAToken() {
        refusals = 2;
        ChunkSize size = new ChunkSize(8 << 20);
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        TargetServer target = new TargetServer(url, "default", "user", new Secret("none"));
        try (ClickHouse clickHouse = new ClickHouse(target, "test-", sql -> {})) {
            ChunkSender sender = new ChunkSender(clickHouse, Runnable::run, 1 << 20);
            sender.filling().append("whole,rest".getBytes());
            sender.send(new Destination("t", "a", RowFormat.TEXT, size::hear), "token-1", 6, () -> {});
            sender.await();
        }

        assertThat(requests).containsExactly("token-1 whole,", "token-1 whole,", "token-1 whole,");
        assertThat(size.bytes()).isEqualTo(2 << 20);
    }

    @Test
    void theyDoNotBecomeSmallerThanAMebibyte() {
        refusals = 3;
        ChunkSize size = new ChunkSize(3 << 20);
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        TargetServer target = new TargetServer(url, "default", "user", new Secret("none"));
        try (ClickHouse clickHouse = new ClickHouse(target, "test-", sql -> {})) {
            clickHouse.insertWithRetries("t", "a", RowFormat.BINARY, out -> out.write(1), "token-1", size::hear);
        }

        assertThat(size.bytes()).isEqualTo(3 << 19);
    }
}
