package io.jenkins.plugins.clickpipe.engine.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.clickpipe.engine.definition.Secret;
import io.jenkins.plugins.clickpipe.engine.definition.TargetServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a process that is asked to stop says to ClickHouse, against a server that hears it. */
class StoppedQueriesTest {
    private static final Pattern KILLED = Pattern.compile("startsWith\\(query_id, '([^']*)'\\)");

    private final List<String> ids = new CopyOnWriteArrayList<>();
    private final List<String> statements = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private volatile int broken;

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
        String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (broken > 0) {
            broken--;
            exchange.close();
            return;
        }
        Matcher id = Pattern.compile("query_id=([^&]*)")
                .matcher(exchange.getRequestURI().getQuery());
        ids.add(id.find() ? id.group(1) : "");
        statements.add(asked);
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody()
                .write((asked.contains("AS names") ? "{\"names\":\"\"}" : asked.contains("AS one") ? "{\"one\":1}" : "")
                        .getBytes(StandardCharsets.UTF_8));
        exchange.close();
    }

    private ClickHouse clickHouse() {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return new ClickHouse(
                new TargetServer(url, "default", "user", new Secret("none")), "clickpipe-resync-p-1-", sql -> {});
    }

    /** It may reach the server late, when the process cleans up already. */
    @Test
    void aKillMeansTheQueriesBeforeItAlone() {
        try (ClickHouse clickHouse = clickHouse()) {
            clickHouse.execute("SELECT before");
            clickHouse.killAll();
            clickHouse.execute("SELECT after");
        }

        int kill = statements.size() - 2;
        Matcher killed = KILLED.matcher(statements.get(kill));
        assertThat(killed.find()).isTrue();
        String prefix = killed.group(1);
        assertThat(ids.subList(0, kill)).isNotEmpty().allMatch(id -> id.startsWith(prefix));
        assertThat(ids.get(kill + 1)).startsWith("clickpipe-resync-p-1-").doesNotStartWith(prefix);
    }

    @Test
    void oneBrokenConnectionIsNoSilence() {
        try (ClickHouse clickHouse = clickHouse()) {
            clickHouse.execute("SELECT before");
            broken = 2;

            clickHouse.endIfSilent();

            assertThat(broken).isZero();
            clickHouse.execute("SELECT after");
        }
        assertThat(statements).contains("SELECT after");
    }

    @Test
    void aServerThatIsGoneIsGivenUp() {
        try (ClickHouse clickHouse = clickHouse()) {
            clickHouse.execute("SELECT before");
            broken = Integer.MAX_VALUE;

            clickHouse.endIfSilent();

            assertThatThrownBy(() -> clickHouse.execute("SELECT after"))
                    .isInstanceOf(TargetException.class)
                    .hasMessageContaining("has stopped answering");
        }
    }
}
