package io.jenkins.plugins.clickpipe.testbed;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A ClickHouse server's HTTP interface as one user sees it.
 *
 * @param url scheme, host and port, without a path: {@code http://127.0.0.1:8123}
 */
public record ClickHouseEndpoint(String url, String user, String password) {
    private static final Duration STATEMENT_LIMIT = Duration.ofMinutes(5);
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    public ClickHouseEndpoint {
        requireNonNull(url);
        requireNonNull(user);
        requireNonNull(password);
    }

    /** The same server and user reached through another port of the loopback interface, a proxy's for example. */
    public ClickHouseEndpoint throughPort(int port) {
        return new ClickHouseEndpoint("http://127.0.0.1:" + port, user, password);
    }

    public String host() {
        return URI.create(url).getHost();
    }

    public int port() {
        return URI.create(url).getPort();
    }

    /** Makes a database with the engine Atomic; the server's own {@code default} is an Overlay. */
    public void createDatabase(String name) {
        execute("CREATE DATABASE " + quote(name) + " ENGINE = Atomic");
    }

    public void dropDatabase(String name) {
        execute("DROP DATABASE IF EXISTS " + quote(name) + " SYNC");
    }

    /** Runs one statement in the database {@code default}. */
    public void execute(String sql) {
        text("default", sql);
    }

    /** Runs one statement; unqualified names mean tables of the database. */
    public void execute(String database, String sql) {
        text(database, sql);
    }

    /** A query's rows as text, as ClickHouse prints the values; NULL is {@code null}. */
    public List<List<String>> query(String sql) {
        return query("default", sql);
    }

    public List<List<String>> query(String database, String sql) {
        return TabSeparated.rows(text(database, sql));
    }

    /**
     * The answer to one statement as the server sends it, TabSeparated unless the statement says FORMAT.
     *
     * @throws TestbedException with the server's own message if it refuses the statement, or if it does not answer
     */
    public String text(String database, String sql) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        url + "/?wait_end_of_query=1&database=" + URLEncoder.encode(database, StandardCharsets.UTF_8)))
                .timeout(STATEMENT_LIMIT)
                .header("X-ClickHouse-User", user)
                .header("X-ClickHouse-Key", password)
                .POST(HttpRequest.BodyPublishers.ofString(sql))
                .build();
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new TestbedException("ClickHouse: " + response.body().strip() + " (in: " + abbreviate(sql) + ")");
            }
            return response.body();
        } catch (IOException e) {
            throw new TestbedException("ClickHouse at " + url + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestbedException("Interrupted while ClickHouse ran: " + abbreviate(sql), e);
        }
    }

    static String quote(String identifier) {
        return "`" + identifier.replace("\\", "\\\\").replace("`", "\\`") + "`";
    }

    private static String abbreviate(String sql) {
        return sql.length() <= 300 ? sql : sql.substring(0, 300) + "...";
    }

    /** Without the password. */
    @Override
    public String toString() {
        return user + " at " + url;
    }
}
