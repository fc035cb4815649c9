package io.jenkins.plugins.clickpipe.testbed.benchmark;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.connect.source.SourceRecord;

/** Debezium's embedded engine reads a slot; its records are dropped, and not even turned into JSON. */
public final class DebeziumChanges {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private DebeziumChanges() {}

    public static void main(String[] arguments) throws Exception {
        Task task = Task.fromStandardInput();
        new DebeziumRun<RecordChangeEvent<SourceRecord>>(task, properties(task), task.number("changes"), List::size)
                .run(DebeziumEngine.create(ChangeEventFormat.of(Connect.class)), LIMIT);
        System.exit(0);
    }

    private static Properties properties(Task task) {
        Properties properties = new Properties();
        properties.setProperty("slot.name", task.get("slot"));
        properties.setProperty("publication.name", task.get("publication"));
        properties.setProperty("publication.autocreate.mode", "disabled");
        properties.setProperty("snapshot.mode", "no_data");
        properties.setProperty("tombstones.on.delete", "false");
        return properties;
    }
}
