package io.jenkins.plugins.clickpipe.testbed.benchmark;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's embedded engine reads a slot and this consumer drops its records, which are not even turned into JSON. The
 * time runs from the first batch on, so the engine's start is not held against it.
 */
public final class DebeziumChanges {
    private static final long MINUTES_AT_MOST = 10;

    private final Task task;
    private final CountDownLatch done = new CountDownLatch(1);
    private long changes;
    private long firstBatch;

    private DebeziumChanges(Task task) {
        this.task = task;
    }

    public static void main(String[] arguments) throws Exception {
        new DebeziumChanges(Task.fromStandardInput()).run();
        System.exit(0);
    }

    private void run() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = DebeziumEngine.create(
                        ChangeEventFormat.of(Connect.class))
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
                throw new TestbedException("Debezium gave " + changes + " changes in " + MINUTES_AT_MOST + " minutes.");
            }
            Task.say(System.nanoTime() - firstBatch);
        }
        thread.shutdownNow();
    }

    private void accept(
            List<RecordChangeEvent<SourceRecord>> events, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        if (firstBatch == 0) {
            firstBatch = System.nanoTime();
        }
        for (RecordChangeEvent<SourceRecord> event : events) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
        changes += events.size();
        if (changes >= task.number("changes")) {
            done.countDown();
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
        properties.setProperty("slot.name", task.get("slot"));
        properties.setProperty("publication.name", task.get("publication"));
        properties.setProperty("publication.autocreate.mode", "disabled");
        properties.setProperty("snapshot.mode", "no_data");
        properties.setProperty("max.batch.size", "20000");
        properties.setProperty("max.queue.size", "80000");
        properties.setProperty("table.include.list", "public." + task.get("table"));
        properties.setProperty("decimal.handling.mode", "string");
        properties.setProperty("tombstones.on.delete", "false");
        return properties;
    }
}
