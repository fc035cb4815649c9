package io.jenkins.plugins.clickpipe.testbed.benchmark;

import java.nio.ByteBuffer;
import java.sql.Connection;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/** The floor of changes, as pg_recvlogical would be it: a slot is read by the PostgreSQL driver, bytes dropped. */
public final class ChangesToNowhere {
    private ChangesToNowhere() {}

    public static void main(String[] arguments) throws Exception {
        Task task = Task.fromStandardInput();
        try (Connection session = task.connectForReplication();
                PGReplicationStream stream = session.unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .logical()
                        .withSlotName(task.get("slot"))
                        .withSlotOption("proto_version", "1")
                        .withSlotOption("publication_names", task.get("publication"))
                        .withStartPosition(LogSequenceNumber.INVALID_LSN)
                        .start()) {
            long start = System.nanoTime();
            long left = task.number("changes");
            while (left > 0) {
                ByteBuffer message = stream.read();
                byte kind = message.get();
                if (kind == 'I' || kind == 'U' || kind == 'D') {
                    left--;
                }
            }
            Task.say(System.nanoTime() - start);
        }
    }
}
