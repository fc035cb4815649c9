package io.jenkins.plugins.clickpipe.testbed.benchmark;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/** Debezium's embedded engine takes a snapshot of the first rows; each of its batches becomes one insert. */
public final class DebeziumSnapshot {
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private final Task task;
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI insert;

    private DebeziumSnapshot(Task task) {
        this.task = task;
        String sql = "INSERT INTO " + task.get("target") + " (" + task.get("columns") + ") SELECT "
                + task.get("eventColumns") + " FROM input('" + task.get("eventStructure").replace("'", "\\'")
                + "') FORMAT JSONEachRow";
        this.insert = URI.create(task.get("clickHouseUrl") + "/?database=" + task.get("database") + "&query="
                + URLEncoder.encode(sql, StandardCharsets.UTF_8));
    }

    public static void main(String[] arguments) throws Exception {
        Task task = Task.fromStandardInput();
        new DebeziumRun<ChangeEvent<String, String>>(
                        task, properties(task), task.number("rows"), new DebeziumSnapshot(task)::insert)
                .run(DebeziumEngine.create(Json.class), LIMIT);
        System.exit(0);
    }

    private long insert(List<ChangeEvent<String, String>> events) throws InterruptedException {
        List<String> rows =
                events.stream().map(ChangeEvent::value).filter(Objects::nonNull).toList();
        post(String.join("\n", rows));
        return rows.size();
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

    private static Properties properties(Task task) {
        Properties properties = new Properties();
        properties.setProperty("slot.name", "debezium_benchmark");
        properties.setProperty("slot.drop.on.stop", "true");
        properties.setProperty("publication.autocreate.mode", "filtered");
        properties.setProperty("snapshot.mode", "initial_only");
        properties.setProperty("snapshot.fetch.size", "20000");
        properties.setProperty("snapshot.select.statement.overrides", "public." + task.get("table"));
        properties.setProperty(
                "snapshot.select.statement.overrides.public." + task.get("table"),
                "SELECT * FROM public." + task.get("table") + " WHERE " + task.get("key") + " <= " + task.get("rows"));
        properties.setProperty("key.converter.schemas.enable", "false");
        properties.setProperty("value.converter.schemas.enable", "false");
        properties.setProperty("transforms", "unwrap");
        properties.setProperty("transforms.unwrap.type", "io.debezium.transforms.ExtractNewRecordState");
        return properties;
    }
}
