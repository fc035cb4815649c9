package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An error of the Java process ends a command with a sentence, not with a signal that nobody sent. */
@WithServers
class OutOfMemoryTest {
    private static final List<String> LITTLE_MEMORY = List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    @Test
    void aChangeThatNeedsMoreMemoryThanThereIsEndsTheSyncAndTheNextOneGoesOn(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE documents (id int PRIMARY KEY, note text, body text)",
                "ALTER TABLE documents ALTER COLUMN body SET STORAGE EXTERNAL",
                "INSERT INTO documents VALUES (1, 'loaded', repeat(md5('1'), 1000000)), (2, 'loaded', 'short')");
        Pipe pipe = Pipe.of(database, "tables: [{source: public.documents}]");
        pipe.run("create").assertSucceeded();
        pipe.execute("UPDATE documents SET note = 'changed'");

        try (EngineProcess sync = EngineProcess.startWithin(pipe.yaml(), LITTLE_MEMORY, "sync", "--once")) {
            EngineRun run = sync.awaitEnd().assertExit(1).assertTells("run out of memory", "MiB", "-Xmx");
            assertThat(run.stderr()).doesNotContain("\tat ");
        }

        pipe.run("sync", "--once").assertSucceeded();
        pipe.assertSame(database, "documents", "documents");
    }
}
