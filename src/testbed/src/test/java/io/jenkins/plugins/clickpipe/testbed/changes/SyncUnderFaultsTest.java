package io.jenkins.plugins.clickpipe.testbed.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.replication.LogSequenceNumber;

@Timeout(180)
class SyncUnderFaultsTest {
    private static final int WRITERS = 3;
    private static final int TRANSACTIONS = 150;

    @Test
    void randomTransactionsEndAsTheyStandOnTheSourceThoughInsertsFailAndSyncsAreCutShort() throws Exception {
        try (PostgresServer server = PostgresServer.start();
                SyncedDatabase db = new SyncedDatabase(server, "faults")) {
            prepare(db);
            Random faults = new Random(11);
            db.destination.failBefore = call -> faults.nextInt(12) == 0;
            db.destination.failAfter = call -> faults.nextInt(12) == 0;
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int w = 0; w < WRITERS; w++) {
                Random random = new Random(w);
                writers.add(CompletableFuture.runAsync(() -> write(db, random)));
            }
            CompletableFuture<Void> written = CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new));
            int failed = 0;
            while (!written.isDone()) {
                db.pullBatchSize = 1 + faults.nextInt(40);
                failed += trySync(db);
            }
            written.join();
            db.destination.failBefore = call -> false;
            db.destination.failAfter = call -> false;
            db.sync();

            assertThat(failed).isPositive();
            assertThat(db.alive("items")).containsExactlyInAnyOrderElementsOf(db.sourceRows("items"));
            assertThat(db.alive("orders")).containsExactlyInAnyOrderElementsOf(db.sourceRows("orders"));
            assertThat(appended(db)).isEqualTo(counted(db.sourceRows("log")));
        }
    }

    @Test
    void aServerThatIsKilledLosesNothingAndRepeatsNothing() throws Exception {
        try (PostgresServer server = PostgresServer.start(Map.of("synchronous_commit", "on"))) {
            SyncedDatabase before = new SyncedDatabase(server, "killed");
            prepare(before);
            before.execute("INSERT INTO public.log SELECT g, 'x' FROM generate_series(1, 500) g");
            before.pullBatchSize = 50;
            before.destination.failAfter = call -> call == 4;
            assertThat(trySync(before)).isEqualTo(1);
            before.destination.failAfter = call -> false;
            server.kill();
            server.startAgain();

            try (SyncedDatabase after = before.reopened(server)) {
                after.execute("INSERT INTO public.log VALUES (501, 'x')");
                after.sync();
                assertThat(appended(after)).isEqualTo(counted(after.sourceRows("log")));
            }
        }
    }

    @Test
    void aDestinationThatTakesLongerThanTheServersTimeoutDoesNotBreakTheStream() throws Exception {
        try (PostgresServer server = PostgresServer.start(Map.of("wal_sender_timeout", "8s"));
                SyncedDatabase db = new SyncedDatabase(server, "slow")) {
            prepare(db);
            db.execute("INSERT INTO public.log SELECT g, 'x' FROM generate_series(1, 60000) g");
            db.pullBatchSize = 1000;
            long slowUntil = System.nanoTime() + TimeUnit.SECONDS.toNanos(12);
            AtomicBoolean slowed = new AtomicBoolean();
            db.destination.beforeInsert = () -> {
                if (!slowed.getAndSet(true)) {
                    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> System.nanoTime() > slowUntil);
                }
            };
            LogSequenceNumber target = db.currentWal();
            db.sync();

            assertThat(slowed).isTrue();
            assertThat(db.stored("log")).hasSize(60000);
            assertThat(db.log.applied).isGreaterThanOrEqualTo(target);
        }
    }

    private static void prepare(SyncedDatabase db) throws SQLException {
        db.execute(
                "CREATE TABLE public.items (id int PRIMARY KEY, name text, big text)",
                "ALTER TABLE public.items ALTER big SET STORAGE EXTERNAL",
                "CREATE TABLE public.orders (id int PRIMARY KEY, tenant int NOT NULL, note text)",
                "CREATE TABLE public.log (id int, v text)",
                "ALTER TABLE public.log REPLICA IDENTITY FULL");
        db.follow("items", true, List.of());
        db.follow("orders", true, List.of("tenant", "id"));
        db.follow("log", false, List.of());
        db.publish();
    }

    private static int trySync(SyncedDatabase db) {
        try {
            db.sync();
            return 0;
        } catch (EngineException e) {
            assertThat(e).hasMessageMatching("refused call .*|lost the answer .*");
            return 1;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(SyncedDatabase db, Random random) {
        try (Connection connection = db.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < TRANSACTIONS; i++) {
                try {
                    statement.execute("BEGIN");
                    int changes = 1 + random.nextInt(random.nextInt(10) == 0 ? 60 : 6);
                    for (int c = 0; c < changes; c++) {
                        statement.execute(change(random));
                    }
                    statement.execute(random.nextInt(8) == 0 ? "ROLLBACK" : "COMMIT");
                } catch (SQLException conflict) {
                    // A duplicate key or a deadlock between the writers: as in life.
                    statement.execute("ROLLBACK");
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String change(Random random) {
        int id = random.nextInt(40);
        int other = random.nextInt(40);
        return switch (random.nextInt(24)) {
            case 0, 1, 2 ->
                "INSERT INTO public.items VALUES (" + id + ", 'n" + random.nextInt(1000) + "', repeat('"
                        + random.nextInt(1000) + "', 1500)) ON CONFLICT DO NOTHING";
            case 3, 4, 5, 6 -> "UPDATE public.items SET name = 'u" + random.nextInt(1000) + "' WHERE id = " + id;
            case 7 ->
                "UPDATE public.items SET id = " + other + " WHERE id = " + id
                        + " AND NOT EXISTS (SELECT FROM public.items WHERE id = " + other + ")";
            case 8, 9 -> "DELETE FROM public.items WHERE id = " + id;
            case 10 ->
                random.nextInt(10) == 0
                        ? "TRUNCATE public.items, public.orders"
                        : "UPDATE public.items SET big = repeat('b" + random.nextInt(1000) + "', 1500) WHERE id = "
                                + id;
            case 11, 12, 13 ->
                "INSERT INTO public.orders VALUES (" + id + ", " + random.nextInt(5) + ", 'o') ON CONFLICT DO NOTHING";
            case 14, 15 -> "UPDATE public.orders SET tenant = " + random.nextInt(5) + " WHERE id = " + id;
            case 16 -> "UPDATE public.orders SET note = 'p" + random.nextInt(1000) + "' WHERE id = " + id;
            case 17 -> "DELETE FROM public.orders WHERE id = " + id;
            case 18 ->
                "UPDATE public.orders SET id = " + other + ", tenant = " + random.nextInt(5) + " WHERE id = " + id
                        + " AND NOT EXISTS (SELECT FROM public.orders WHERE id = " + other + ")";
            case 19, 20, 21 ->
                "INSERT INTO public.log SELECT g, 'v' FROM generate_series(1, " + random.nextInt(5) + ") g";
            case 22 ->
                "UPDATE public.log SET v = 'w" + random.nextInt(3) + "' WHERE id = " + random.nextInt(5)
                        + " AND random() < 0.05";
            default -> "DELETE FROM public.log WHERE id = " + random.nextInt(5) + " AND random() < 0.1";
        };
    }

    /** Rows less tombstones, by value. */
    private static Map<List<String>, Integer> appended(SyncedDatabase db) {
        Map<List<String>, Integer> counts = new HashMap<>();
        db.stored("log").forEach(row -> counts.merge(row.values(), row.deleted() ? -1 : 1, Integer::sum));
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    private static Map<List<String>, Integer> counted(List<List<String>> rows) {
        Map<List<String>, Integer> counts = new HashMap<>();
        rows.forEach(row -> counts.merge(row, 1, Integer::sum));
        return counts;
    }
}
