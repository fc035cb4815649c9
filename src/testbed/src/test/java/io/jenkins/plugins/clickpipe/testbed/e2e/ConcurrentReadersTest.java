package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@WithServers
class ConcurrentReadersTest {
    private static final int TABLES = 24;
    private static final int READERS = 4;
    private static final int ROWS_PER_GENERATION = 500;
    private static final String PIPE = "tables: [{source: public/t*}]\n";

    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicBoolean done = new AtomicBoolean();

    @Test
    void aReaderSeesWholeGenerationsAndNoError(TestDatabase database) throws InterruptedException {
        for (int i = 0; i < TABLES; i++) {
            database.executeSource("CREATE TABLE t%d (id bigint PRIMARY KEY, generation int NOT NULL)".formatted(i));
        }
        generation(database, 1);
        EngineProcess.run(database.pipeYaml(PIPE), "resync").assertSucceeded();
        AtomicIntegerArray seen = new AtomicIntegerArray(TABLES);
        List<Thread> readers = IntStream.range(0, READERS)
                .mapToObj(reader -> new Thread(() -> read(database, reader, seen), "reader-" + reader))
                .toList();
        readers.forEach(Thread::start);
        try {
            for (int generation = 2; generation <= 3; generation++) {
                generation(database, generation);
                EngineProcess.run(database.pipeYaml(PIPE), "resync").assertSucceeded();
            }
        } finally {
            done.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
        }

        assertThat(violations).isEmpty();
        assertThat(reads).hasValueGreaterThan(10 * TABLES);
        for (int i = 0; i < TABLES; i++) {
            assertThat(database.queryTarget(query(i))).containsExactly(whole(3));
        }
    }

    private static void generation(TestDatabase database, int generation) {
        for (int i = 0; i < TABLES; i++) {
            database.executeSource(
                    "DELETE FROM t" + i,
                    "INSERT INTO t%d SELECT g, %d FROM generate_series(1, %d) g"
                            .formatted(i, generation, ROWS_PER_GENERATION * generation));
        }
    }

    private static List<String> whole(int generation) {
        return List.of(
                String.valueOf(generation),
                String.valueOf(generation),
                String.valueOf(ROWS_PER_GENERATION * generation));
    }

    private static String query(int table) {
        return "SELECT min(generation), max(generation), count() FROM t%d WHERE _peerdb_is_deleted = 0"
                .formatted(table);
    }

    /** A table's generation is whole, and never older than one that was seen before the query began. */
    private void read(TestDatabase database, int reader, AtomicIntegerArray seen) {
        for (int i = reader; !done.get(); i++) {
            int table = i % TABLES;
            int atLeast = seen.get(table);
            try {
                List<List<String>> rows = database.queryTarget(query(table));
                reads.incrementAndGet();
                int generation = Integer.parseInt(rows.get(0).get(0));
                if (!rows.equals(List.of(whole(generation))) || generation < atLeast) {
                    violations.add("t" + table + ": " + rows + " after generation " + atLeast);
                }
                seen.accumulateAndGet(table, generation, Math::max);
            } catch (RuntimeException e) {
                violations.add("t" + table + ": " + e.getMessage());
            }
        }
    }
}
