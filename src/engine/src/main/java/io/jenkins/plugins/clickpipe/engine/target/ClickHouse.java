package io.jenkins.plugins.clickpipe.engine.target;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientFaultCause;
import com.clickhouse.client.api.command.CommandSettings;
import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import io.jenkins.plugins.clickpipe.engine.Silence;
import io.jenkins.plugins.clickpipe.engine.definition.TargetServer;
import io.jenkins.plugins.clickpipe.engine.types.RowFormat;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Talks to the destination database over HTTP. Reads are repeated on broken connections, commands never are: who
 * sends one looks at the server before sending it again. All methods may be called by several threads.
 */
public final class ClickHouse implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClickHouse.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
    /** A long INSERT SELECT sends nothing for as long as it runs. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofHours(6);

    /** So long a server that is asked to end work may take to answer at all. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /** An insert is one block of some megabytes; without an answer it is sent again. */
    private static final Duration INSERT_TIMEOUT = Duration.ofMinutes(10);

    private static final RetryPolicy<Object> READS = RetryPolicy.builder()
            .handleIf(fault -> fault instanceof TargetException t && t.isTransient() && t.code() == 0)
            .withBackoff(Duration.ofMillis(200), Duration.ofSeconds(2))
            .withMaxRetries(3)
            .build();

    /** About two minutes: long enough for a restart of the server. */
    private static final RetryPolicy<Object> INSERTS = RetryPolicy.builder()
            .handleIf(fault -> fault instanceof TargetException t
                    && t.isTransient()
                    && !t.isBusy()
                    && !Thread.currentThread().isInterrupted())
            .withBackoff(Duration.ofMillis(250), Duration.ofSeconds(15))
            .withJitter(0.2)
            .withMaxRetries(14)
            .build();

    /** Half an hour: long enough for merges to make room, or for another user's queries to end. */
    private static final RetryPolicy<Object> BUSY = RetryPolicy.builder()
            .handleIf(fault -> fault instanceof TargetException t
                    && t.isBusy()
                    && !Thread.currentThread().isInterrupted())
            .withBackoff(Duration.ofMillis(500), Duration.ofSeconds(30))
            .withJitter(0.2)
            .withMaxRetries(-1)
            .withMaxDuration(Duration.ofMinutes(30))
            .build();

    private static final String ONE = "SELECT 1 AS one";

    /** Texts, which look alike whatever a profile says about numbers. */
    private static final String CHANGED_SETTINGS =
            """
            SELECT name, value, default AS standard, toString(readonly) AS fixed
              FROM system.settings WHERE changed OR value != default OR readonly""";

    /** Their names alone, since a long answer takes its time at each start. */
    private static final String KNOWN_SETTINGS =
            "SELECT arrayStringConcat(groupArray(name), ',') AS names FROM system.settings WHERE name IN %s";

    private static final String WAITING = "ClickHouse is busy, waiting before it is asked again: {}";

    private final TargetServer server;
    private final Client client;
    private final String queryIdPrefix;
    /** Queries begun after a {@link #killAll} have other ids: one that reaches the server late spares them. */
    private final AtomicInteger kills = new AtomicInteger();

    private final Consumer<String> statements;
    private final Watermarks watermarks = new Watermarks();
    private volatile boolean silent;
    private volatile PinnedSettings pinned;
    private volatile boolean consistent;

    /**
     * @param queryIdPrefix begins the id of every query, so that {@link #killAll} finds them
     * @param statements hears each statement that changes something, before it is sent
     */
    public ClickHouse(TargetServer server, String queryIdPrefix, Consumer<String> statements) {
        this.server = Objects.requireNonNull(server);
        this.queryIdPrefix = Objects.requireNonNull(queryIdPrefix);
        this.statements = Objects.requireNonNull(statements);
        this.client = newClient();
    }

    private Client newClient() {
        return new Client.Builder()
                .addEndpoint(server.url().toString())
                .setUsername(server.user())
                .setPassword(server.password().reveal())
                .setDefaultDatabase(server.database())
                .setConnectTimeout(CONNECT_TIMEOUT.toMillis())
                .setSocketTimeout(ANSWER_TIMEOUT.toMillis(), ChronoUnit.MILLIS)
                .setSocketKeepAlive(true)
                .setMaxConnections(200)
                .setMaxRetries(0)
                .retryOnFailures(ClientFaultCause.None)
                .compressServerResponse(false)
                .compressClientRequest(false)
                .setClientName("clickpipe-resync")
                .build();
    }

    /** What this process knows to be in the destination. */
    public Watermarks watermarks() {
        return watermarks;
    }

    /** {@link OneServer} has found that reads see the writes before them. */
    boolean isConsistent() {
        return consistent;
    }

    void consistent() {
        consistent = true;
    }

    /** From now on reads wait for what any server has accepted before. */
    void readSequentially() {
        pinned = pinned().with(PinnedSettings.SEQUENTIAL, "1");
    }

    /** The different answers to a question, over several new connections; one where one server answers. */
    public Set<String> answers(String question) {
        return new AnsweringServers(this::newClient, pinned().forStatement())
                .ask(question, (client, ask) -> Failsafe.with(READS).get(() -> {
                    try {
                        return ask.apply(client);
                    } catch (Exception e) {
                        throw fault("looking which servers answer", e);
                    }
                }));
    }

    public TargetServer server() {
        return server;
    }

    public String database() {
        return server.database();
    }

    /** The rows of a query, each an object of its columns. */
    public List<JsonNode> rows(String sql) {
        return rows(sql, Map.of());
    }

    /** The rows of a query with {@code {name:Type}} parameters. */
    public List<JsonNode> rows(String sql, Map<String, Object> parameters) {
        return Failsafe.with(READS).get(() -> read(sql, parameters, pinned().forStatement()));
    }

    /** The settings of every statement, which the server is asked about before the first one. */
    public PinnedSettings pinned() {
        PinnedSettings now = pinned;
        if (now == null) {
            now = askForSettings();
            pinned = now;
        }
        return now;
    }

    private PinnedSettings askForSettings() {
        for (Map<String, String> question :
                List.of(PinnedSettings.NEWEST_FIRST_QUESTION, PinnedSettings.FREE_FIRST_QUESTION)) {
            try {
                return PinnedSettings.of(knownSettings(question), true);
            } catch (TargetException e) {
                if (!e.isRefusedSetting()) {
                    throw e;
                }
                LOG.debug("asking with fewer settings: {}", e.getMessage());
            }
        }
        return PinnedSettings.of(knownSettings(PinnedSettings.FIRST_QUESTION), false);
    }

    private List<PinnedSettings.Known> knownSettings(Map<String, String> under) {
        Map<String, PinnedSettings.Known> settings = new LinkedHashMap<>();
        String known = KNOWN_SETTINGS.formatted(TargetSql.literals(PinnedSettings.names()));
        for (String name : only(ask(known, under)).path("names").asText().split(",")) {
            settings.put(name, new PinnedSettings.Known(name, "", "", false));
        }
        for (JsonNode row : ask(CHANGED_SETTINGS, under)) {
            String name = row.path("name").asText();
            settings.put(
                    name,
                    new PinnedSettings.Known(
                            name,
                            row.path("value").asText(),
                            row.path("standard").asText(),
                            row.path("fixed").asText().equals("1")));
        }
        return List.copyOf(settings.values());
    }

    private List<JsonNode> ask(String sql, Map<String, String> under) {
        return Failsafe.with(READS).get(() -> read(sql, Map.of(), under));
    }

    /** Names of settings that the server does not let the user have as its statements need them. */
    public List<String> refusedSettings() {
        try {
            read(ONE, Map.of(), pinned().forInsert());
            return List.of();
        } catch (TargetException e) {
            if (!e.isRefusedSetting()) {
                throw e;
            }
            return pinned().forInsert().entrySet().stream()
                    .filter(this::isRefused)
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    private boolean isRefused(Map.Entry<String, String> setting) {
        try {
            read(ONE, Map.of(), Map.of(setting.getKey(), setting.getValue()));
            return false;
        } catch (TargetException e) {
            if (!e.isRefusedSetting()) {
                throw e;
            }
            return true;
        }
    }

    private List<JsonNode> read(String sql, Map<String, Object> parameters, Map<String, String> serverSettings) {
        QuerySettings settings =
                new QuerySettings().setFormat(ClickHouseFormat.JSONEachRow).setQueryId(newQueryId());
        serverSettings.forEach(settings::serverSetting);
        try (QueryResponse response = await(client.query(sql, parameters, settings));
                MappingIterator<JsonNode> rows = JSON.readerFor(JsonNode.class).readValues(response.getInputStream())) {
            return rows.readAll();
        } catch (IOException | ExecutionException | RuntimeException e) {
            throw fault("reading", e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The single value of a query that gives one row with one column. */
    public JsonNode value(String sql) {
        return only(rows(sql)).elements().next();
    }

    /** A proxy that cuts answers off leaves none, and none must not pass for a value. */
    private JsonNode only(List<JsonNode> rows) {
        if (rows.isEmpty()) {
            throw fault("reading", new EOFException("the answer has no row"));
        }
        return rows.get(0);
    }

    /** Runs a statement that does no harm when it is run twice, again while the fault may pass. */
    public void executeIdempotent(String sql) {
        Failsafe.with(BUSY, INSERTS).run(() -> execute(sql));
    }

    /** Runs a statement once and waits for its end. */
    public void execute(String sql) {
        execute(sql, Map.of());
    }

    /** Runs a statement once, under these server settings too, and waits for its end. */
    public void execute(String sql, Map<String, String> serverSettings) {
        run(sql, pinned().forStatement(), serverSettings);
    }

    private void run(String sql, Map<String, String> pins, Map<String, String> serverSettings) {
        statements.accept(sql);
        CommandSettings settings = new CommandSettings();
        settings.setQueryId(newQueryId());
        settings.serverSetting("wait_end_of_query", "1");
        pins.forEach(settings::serverSetting);
        pinned().known(serverSettings).forEach(settings::serverSetting);
        try {
            await(client.execute(sql, settings)).close();
        } catch (ExecutionException | RuntimeException e) {
            throw fault("running " + abbreviated(sql), e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Sends rows once, as one block, and waits until the server has accepted them. With the same token the same rows
     * may be sent again: the server keeps them once.
     *
     * @param columns quoted column list
     * @param rows the bytes of whole rows in this format
     */
    public void insert(
            String quotedTable, String columns, RowFormat format, InsertBody rows, String deduplicationToken) {
        InsertSettings settings = new InsertSettings()
                .setQueryId(newQueryId())
                .setDeduplicationToken(deduplicationToken)
                .setInputStreamCopyBufferSize(64 * 1024);
        settings.setNetworkTimeout(INSERT_TIMEOUT.toMillis(), ChronoUnit.MILLIS);
        pinned().forInsert().forEach(settings::serverSetting);
        try (InsertResponse response = await(client.insert(
                quotedTable + " (" + columns + ")",
                rows::writeTo,
                ClickHouseFormat.valueOf(format.clickHouseName()),
                settings))) {
            Objects.requireNonNull(response);
        } catch (ExecutionException | RuntimeException e) {
            throw fault("inserting into " + quotedTable, e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Like {@link #insert} of TabSeparated lines, again and again while the fault may pass: the token keeps the rows
     * once.
     */
    public void insertWithRetries(String quotedTable, String columns, InsertBody rows, String deduplicationToken) {
        insertWithRetries(quotedTable, columns, RowFormat.TEXT, rows, deduplicationToken, fault -> {});
    }

    /**
     * The same. A server that has too many parts, or not enough memory, is given half an hour to recover.
     *
     * @param onRetry hears before each further attempt why it is needed
     */
    public void insertWithRetries(
            String quotedTable,
            String columns,
            RowFormat format,
            InsertBody rows,
            String deduplicationToken,
            Consumer<TargetException> onRetry) {
        Failsafe.with(heard(BUSY, WAITING, onRetry), heard(INSERTS, "sending rows again: {}", onRetry))
                .run(() -> insert(quotedTable, columns, format, rows, deduplicationToken));
    }

    private static RetryPolicy<Object> heard(
            RetryPolicy<Object> policy, String message, Consumer<TargetException> onRetry) {
        return RetryPolicy.builder(policy.getConfig())
                .onRetry(event -> {
                    LOG.warn(message, event.getLastException().getMessage());
                    onRetry.accept((TargetException) event.getLastException());
                })
                .build();
    }

    /** Runs an INSERT SELECT whose rows are kept once, however often it is run with this token. */
    public void executeWithToken(String sql, String deduplicationToken) {
        executeWithToken(sql, deduplicationToken, Map.of());
    }

    /** The same under further server settings. */
    public void executeWithToken(String sql, String deduplicationToken, Map<String, String> serverSettings) {
        Map<String, String> settings = new HashMap<>(serverSettings);
        settings.put("insert_deduplication_token", deduplicationToken);
        settings.put("max_threads", "1");
        Failsafe.with(heard(BUSY, WAITING, fault -> {}), heard(INSERTS, "inserting again: {}", fault -> {}))
                .run(() -> run(sql, pinned().forInsert(), settings));
    }

    /** The answer to a query, as TabSeparated lines. */
    public byte[] tabSeparated(String sql) {
        return Failsafe.with(READS).get(() -> {
            QuerySettings settings =
                    new QuerySettings().setFormat(ClickHouseFormat.TabSeparated).setQueryId(newQueryId());
            pinned().forStatement().forEach(settings::serverSetting);
            settings.serverSetting("max_query_size", "1000000000");
            try (QueryResponse response = await(client.query(sql, settings))) {
                return response.getInputStream().readAllBytes();
            } catch (IOException | ExecutionException | RuntimeException e) {
                throw fault("reading", e);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Asks the server to stop every query that this process has begun so far. */
    public void killAll() {
        if (pinned == null) {
            return;
        }
        String begun = queryIds(kills.getAndIncrement());
        Failsafe.with(READS)
                .run(() -> execute("KILL QUERY WHERE user = currentUser() AND startsWith(query_id, "
                        + TargetSql.literal(begun) + ") AND query_id != queryID() ASYNC"));
    }

    /**
     * Breaks off every request where the server answers no short question within 10 s; later requests are refused. For
     * a process that is asked to end: it need not wait for the network.
     */
    public void endIfSilent() {
        if (Silence.lasts(SILENCE, this::answersWithin)) {
            silent = true;
            client.close();
        }
    }

    /** A connection that the pool has kept may be broken, so one fault says nothing about the server. */
    private boolean answersWithin(Duration limit) {
        QuerySettings settings = new QuerySettings().setQueryId(newQueryId());
        settings.setNetworkTimeout(limit.toMillis(), ChronoUnit.MILLIS);
        try (QueryResponse response = await(client.query(ONE, settings))) {
            return response != null;
        } catch (ExecutionException | RuntimeException e) {
            return fault("looking whether it answers", e).code() != 0;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private TargetException fault(String doing, Throwable cause) {
        return silent ? TargetException.silent(server, cause) : TargetException.of(server, doing, cause);
    }

    private String newQueryId() {
        return queryIds(kills.get()) + UUID.randomUUID();
    }

    private String queryIds(int kill) {
        return queryIdPrefix + kill + "-";
    }

    private static <T> T await(Future<T> future) throws ExecutionException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExecutionException(e);
        }
    }

    private static String abbreviated(String sql) {
        String line = sql.strip().replaceAll("\\s+", " ");
        return line.length() > 120 ? line.substring(0, 120) + "..." : line;
    }

    @Override
    public void close() {
        client.close();
    }
}
