package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A run of Debezium's embedded engine until it has given a number of records. The time runs from the first batch on, so
 * the engine's start is not held against it.
 *
 * @param <E> its events, as the format makes them
 */
final class DebeziumRun<E> {
    private final Properties properties;
    private final Consumer<E> consumer;
    private final long wanted;
    private final CountDownLatch done = new CountDownLatch(1);
    private long records;
    private long firstBatch;

    /** Takes a batch and says how many records it counts for. */
    interface Consumer<E> {
        long take(List<E> events) throws InterruptedException;
    }

    /**
     * @param own what this run sets beside the server, and in place of the properties that all runs share
     * @param wanted the run is over when the consumer has counted so many records
     */
    DebeziumRun(Task task, Properties own, long wanted, Consumer<E> consumer) {
        this.properties = common(task);
        this.properties.putAll(own);
        this.wanted = wanted;
        this.consumer = requireNonNull(consumer);
    }

    /**
     * Runs it and says the nanoseconds it took; a fault of the engine ends the process.
     *
     * @throws TestbedException when it takes longer than {@code limit}
     */
    void run(DebeziumEngine.Builder<E> builder, Duration limit) throws IOException, InterruptedException {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (DebeziumEngine<E> engine = builder.using(properties)
                .using((success, message, error) -> {
                    if (error != null) {
                        error.printStackTrace();
                        System.exit(1);
                    }
                })
                .notifying(this::accept)
                .build()) {
            thread.execute(engine);
            if (!done.await(limit.toMinutes(), TimeUnit.MINUTES)) {
                throw new TestbedException(
                        "Debezium gave " + records + " records in " + limit.toMinutes() + " minutes.");
            }
            Task.say(System.nanoTime() - firstBatch);
        }
        thread.shutdownNow();
    }

    private void accept(List<E> events, RecordCommitter<E> committer) throws InterruptedException {
        if (firstBatch == 0) {
            firstBatch = System.nanoTime();
        }
        records += consumer.take(events);
        for (E event : events) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
        if (records >= wanted) {
            done.countDown();
        }
    }

    /** Larger queue and batches than its defaults, which are 8192 and 2048. */
    private static Properties common(Task task) {
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
        properties.setProperty("max.batch.size", "20000");
        properties.setProperty("max.queue.size", "80000");
        properties.setProperty("table.include.list", "public." + task.get("table"));
        properties.setProperty("decimal.handling.mode", "string");
        return properties;
    }
}
