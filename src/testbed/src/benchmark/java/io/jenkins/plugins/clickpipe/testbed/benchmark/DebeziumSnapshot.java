package io.jenkins.plugins.clickpipe.testbed.benchmark;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.format.Json;
import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Debezium's embedded engine takes a snapshot of the first rows, and this consumer inserts each of its batches. The
 * time runs from the first batch on, so the engine's start is not held against it.
 */
public final class DebeziumSnapshot {
    private static final long MINUTES_AT_MOST = 30;

    private final Task task;
    private final CountDownLatch done = new CountDownLatch(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI insert;
    private long rows;
    private long firstBatch;

    private DebeziumSnapshot(Task task) {
        this.task = task;
        String sql = "INSERT INTO " + task.get("target") + " (" + task.get("columns") + ") SELECT "
                + task.get("eventColumns") + " FROM input('" + task.get("eventStructure").replace("'", "\\'")
                + "') FORMAT JSONEachRow";
        this.insert = URI.create(task.get("clickHouseUrl") + "/?database=" + task.get("database") + "&query="
                + URLEncoder.encode(sql, StandardCharsets.UTF_8));
    }

    public static void main(String[] arguments) throws Exception {
        new DebeziumSnapshot(Task.fromStandardInput()).run();
        System.exit(0);
    }

    private void run() throws IOException, InterruptedException {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(Json.class)
                .using(properties())
                .using((success, message, error) -> {
                    if (error != null) {
                        error.printStackTrace();
                        System.exit(1);
                    }
                })
                .notifying(this::accept)
                .build()) {
            thread.execute(engine);
            if (!done.await(MINUTES_AT_MOST, TimeUnit.MINUTES)) {
                throw new TestbedException("Debezium gave " + rows + " rows in " + MINUTES_AT_MOST + " minutes.");
            }
            Task.say(System.nanoTime() - firstBatch);
        }
        thread.shutdownNow();
    }

    private void accept(
            List<ChangeEvent<String, String>> events, RecordCommitter<ChangeEvent<String, String>> committer)
            throws InterruptedException {
        if (firstBatch == 0) {
            firstBatch = System.nanoTime();
        }
        StringBuilder lines = new StringBuilder();
        for (ChangeEvent<String, String> event : events) {
            if (event.value() != null) {
                lines.append(event.value()).append('\n');
                rows++;
            }
        }
        post(lines.toString());
        for (ChangeEvent<String, String> event : events) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
        if (rows >= task.number("rows")) {
            done.countDown();
        }
    }

    private void post(String lines) throws InterruptedException {
        try {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(insert)
                            .header("X-ClickHouse-User", task.get("clickHouseUser"))
                            .header("X-ClickHouse-Key", task.get("clickHousePassword"))
                            .POST(HttpRequest.BodyPublishers.ofString(lines))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new TestbedException("ClickHouse: " + response.body());
            }
        } catch (IOException e) {
            throw new TestbedException("ClickHouse does not answer: " + e, e);
        }
    }

    /** Larger queue and batches than its defaults, which are 8192 and 2048. */
    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("name", "benchmark");
        properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        properties.setProperty("topic.prefix", "benchmark");
        properties.setProperty("database.hostname", task.get("postgresHost"));
        properties.setProperty("database.port", task.get("postgresPort"));
        properties.setProperty("database.user", task.get("postgresUser"));
        properties.setProperty("database.password", task.get("postgresPassword"));
        properties.setProperty("database.dbname", task.get("database"));
        properties.setProperty("plugin.name", "pgoutput");
        properties.setProperty("slot.name", "debezium_benchmark");
        properties.setProperty("slot.drop.on.stop", "true");
        properties.setProperty("publication.autocreate.mode", "filtered");
        properties.setProperty("snapshot.mode", "initial_only");
        properties.setProperty("snapshot.fetch.size", "20000");
        properties.setProperty("max.batch.size", "20000");
        properties.setProperty("max.queue.size", "80000");
        properties.setProperty("table.include.list", "public." + task.get("table"));
        properties.setProperty("snapshot.select.statement.overrides", "public." + task.get("table"));
        properties.setProperty(
                "snapshot.select.statement.overrides.public." + task.get("table"),
                "SELECT * FROM public." + task.get("table") + " WHERE " + task.get("key") + " <= " + task.get("rows"));
        properties.setProperty("decimal.handling.mode", "string");
        properties.setProperty("key.converter.schemas.enable", "false");
        properties.setProperty("value.converter.schemas.enable", "false");
        properties.setProperty("transforms", "unwrap");
        properties.setProperty("transforms.unwrap.type", "io.debezium.transforms.ExtractNewRecordState");
        return properties;
    }
}
